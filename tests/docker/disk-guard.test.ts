/**
 * The disk of an index in a container gets full: a RocksDB, in a stand-in for
 * the real server, and the client of an AppView beside it.
 */

import { readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  likeOf,
  REMOTE_LIKES,
  watchSource,
} from '../fixtures/client/source-watch.js';
import { postUri } from '../fixtures/client/tids.js';
import { askJson, setUpBackedUp } from '../fixtures/docker/backed-up.js';
import { run, until } from '../fixtures/docker/engine.js';
import { buildRocksImage } from '../fixtures/docker/rocks-image.js';
import {
  assertNoWriteMissing,
  finishedWrites,
  startReachableStream,
  startWriting,
} from '../fixtures/docker/rocks-load.js';
import { smallDisk } from '../fixtures/small-disk.js';

const MIB = 2 ** 20;
const [SIZE_MIB, FLOOR_MIB] = [600, 100];

t.test('below the floor it stops, and comes back with space', async (t) => {
  const disk = smallDisk(t, `size=${SIZE_MIB}m,uid=10001,gid=10001`);
  if (disk === null) return;
  const simulator = await startReachableStream(t);
  const index = await setUpBackedUp(t, 'clguard', {
    build: buildRocksImage,
    jetstream: simulator.url,
    flags: ['--data', disk],
    env: { CONSTELLATION_DISK_FLOOR_MIB: `${FLOOR_MIB}` },
  });
  const { api, indexId, status } = index;
  const post = postUri(Date.now());
  simulator.push([likeOf(post)]);
  const answeredBy = await watchSource(t, api, post);
  await answeredBy('local', 1);

  // A store of some size, at rest: what merging takes would come and go.
  await startWriting(api);
  const written = await until(
    () => finishedWrites(api),
    (numbers) => numbers.every((number) => number > 5000),
    'some writes'
  );
  await askJson(`${api}/_load/stop`);
  const { bavail, bsize } = statfsSync(disk);
  const ballast = path.join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - (FLOOR_MIB / 2) * MIB));
  const stopped = await until(
    async () => {
      const { stdout, stderr } = await run(['docker', 'logs', await indexId()]);
      return stdout + stderr;
    },
    (log) => log.includes('the server starts at'),
    'the guard',
    240_000
  );
  t.match(stopped, `less than CONSTELLATION_DISK_FLOOR_MIB=${FLOOR_MIB}`);
  t.match(readFileSync(path.join(disk, 'LOG'), 'utf8'), 'Shutdown complete');
  t.equal(await status(), 'running', 'its entrypoint waits');
  await answeredBy('remote', REMOTE_LIKES);

  rmSync(ballast);
  await answeredBy('local', 1);
  const anything = written.map(() => Number.POSITIVE_INFINITY);
  await assertNoWriteMissing(t, api, written, anything);
});
