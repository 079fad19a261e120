/**
 * A RocksDB (in a stand-in for the real server) on a file system without hard
 * links: exFAT.
 */

import t from 'tap';
import {
  countOf,
  setUpBackedUp,
  type BackupDocument,
} from '../fixtures/docker/backed-up.js';
import { until } from '../fixtures/docker/engine.js';
import { linklessDisk } from '../fixtures/docker/linkless-disk.js';
import { buildRocksImage } from '../fixtures/docker/rocks-image.js';
import {
  assertNoWriteMissing,
  finishedWrites,
  startReachableStream,
  startWriting,
} from '../fixtures/docker/rocks-load.js';

t.test('without hard links it is stopped, copied and started', async (t) => {
  const disk = linklessDisk(t);
  if (disk === null) return;
  const simulator = await startReachableStream(t);
  const { api, backup, status } = await setUpBackedUp(t, 'clnoln', {
    build: buildRocksImage,
    jetstream: simulator.url,
    flags: ['--data', disk],
  });
  await startWriting(api);
  await until(
    () => finishedWrites(api),
    (numbers) => numbers.every((number) => number > 500),
    'some writes'
  );
  const before = await finishedWrites(api);
  const made = await backup('create', '--json');
  t.equal(made.code, 0, made.stderr);
  t.match(
    made.stderr,
    'no hard links can be made where the data is, so the container is stopped'
  );
  const { manifest, verified } = JSON.parse(made.stdout) as BackupDocument;
  t.equal(verified, true);
  t.match(manifest.snapshot, { method: 'stop' });
  t.ok(manifest.snapshot.pauseMs > 0, 'how long it was away is said');
  t.ok(manifest.sentinels.length >= 5);
  t.equal(await status(), 'running');
  // Its writers do not start by themselves: nothing is written afterwards.
  await simulator.close();
  const restored = await backup(
    ...(['restore', manifest.id, '--yes', '--resume-wait', '0'] as const)
  );
  t.equal(restored.code, 0, restored.stderr);
  const anything = before.map(() => Number.POSITIVE_INFINITY);
  await assertNoWriteMissing(t, api, before, anything);
  for (const sentinel of manifest.sentinels) {
    t.equal(await countOf(api, sentinel), sentinel.records, sentinel.target);
  }
});
