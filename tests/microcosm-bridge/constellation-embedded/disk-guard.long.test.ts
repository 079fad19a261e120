/** The disk of an embedded index gets full, and the client of an AppView beside it. */

import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import {
  likeOf,
  REMOTE_LIKES,
  watchSource,
} from '../../fixtures/client/source-watch.js';
import { postUri } from '../../fixtures/client/tids.js';
import {
  healthUntil,
  startEmbeddedProcess,
} from '../../fixtures/embedded-process.js';
import { smallDisk } from '../../fixtures/small-disk.js';

const MIB = 2 ** 20;
const [SIZE_MIB, FLOOR_MIB] = [96, 48];

t.test('below the floor it pauses, and goes on with space', async (t) => {
  const disk = smallDisk(t, `size=${SIZE_MIB}m`);
  if (disk === null) return;
  const simulator = await startSimulator({ live: { eventsPerSecond: 50 } });
  t.teardown(() => simulator.close());
  const index = await startEmbeddedProcess([
    ...['--data', path.join(disk, 'data'), '--jetstream', simulator.url],
    ...['--min-free-mib', `${FLOOR_MIB}`],
  ]);
  t.teardown(() => index.end('SIGKILL'));
  const { api } = index;
  const isCurrent = ({ verdict }: { readonly verdict: string }): boolean =>
    verdict === 'current';
  const begun = await healthUntil(api, isCurrent);
  // A post that is younger than the index, so that it can know all of it.
  const post = postUri(Date.now());
  t.ok(Date.now() > Date.parse(begun.complete_since ?? ''));
  simulator.push([likeOf(post)]);
  const answeredBy = await watchSource(t, api, post);
  await answeredBy('local', 1);

  const ballast = path.join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc((SIZE_MIB - FLOOR_MIB) * MIB));
  const paused = await healthUntil(api, (body) => body.paused !== null);
  t.equal(paused.verdict, 'stalled');
  await answeredBy('remote', REMOTE_LIKES);

  rmSync(ballast);
  await healthUntil(api, isCurrent);
  await answeredBy('local', 1);
});
