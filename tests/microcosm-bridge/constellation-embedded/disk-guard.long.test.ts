/** The disk of an embedded index gets full, and the client of an AppView beside it. */

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

t.test(
  'without its folder it pauses, and goes on when it is back',
  async (t) => {
    const data = path.join(t.testdir({}), 'data');
    const simulator = await startSimulator({ live: { eventsPerSecond: 50 } });
    t.teardown(() => simulator.close());
    const index = await startEmbeddedProcess([
      ...['--data', data, '--jetstream', simulator.url],
    ]);
    t.teardown(() => index.end('SIGKILL'));
    const post = postUri(Date.now());
    const likes = async (): Promise<string> => {
      const query = new URLSearchParams({
        target: post,
        collection: 'app.bsky.feed.like',
        path: '.subject.uri',
      });
      const answer = await fetch(`${index.api}/links/count?${String(query)}`, {
        headers: { accept: 'application/json' },
      });
      return await answer.text();
    };
    const isCurrent = ({ verdict }: { readonly verdict: string }): boolean =>
      verdict === 'current';
    await healthUntil(index.api, isCurrent);

    renameSync(data, `${data}-away`);
    const away = await healthUntil(index.api, (body) => body.paused !== null);
    t.match(away, { verdict: 'stalled', paused: { reason: 'data-away' } });
    t.match(JSON.stringify(away.paused), `${data} is not in its place (ENOENT`);
    simulator.push([likeOf(post)]);
    t.equal(await likes(), '{"total":0}', 'it goes on answering');

    renameSync(`${data}-away`, data);
    await healthUntil(index.api, isCurrent);
    while ((await likes()) === '{"total":0}') await sleep(50);
    t.equal(await likes(), '{"total":1}', 'nothing was lost meanwhile');
    t.equal(await index.end('SIGTERM'), 0);
  }
);
