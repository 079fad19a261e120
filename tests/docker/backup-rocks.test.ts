/**
 * Backups of a RocksDB that is written to as hard as it goes, by the way that
 * the real server's are made. It is RocksDB's engine in a stand-in for the real
 * server (tests/fixtures/docker/rocks-server), not the real server.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import t from 'tap';
import {
  countOf,
  setUpBackedUp,
  type BackupDocument,
} from '../fixtures/docker/backed-up.js';
import { docker, until } from '../fixtures/docker/engine.js';
import { buildRocksImage } from '../fixtures/docker/rocks-image.js';
import {
  assertNoWriteMissing,
  finishedWrites,
  startReachableStream,
  startWriting,
} from '../fixtures/docker/rocks-load.js';

/** The moments differ in what RocksDB is at: several are looked at. */
const ROUNDS = 1;
/** Of a kilobyte each, so that there are files to be merged. */
const WRITTEN_FIRST = 8000;

const simulator = await startReachableStream(t);
const index = await setUpBackedUp(t, 'clrock', {
  build: buildRocksImage,
  jetstream: simulator.url,
});
const { api, backup, create, indexId, status, inVolume } = index;

/** How many files RocksDB has merged so far, in its own words. */
async function merged(): Promise<number> {
  const script = 'cat /data/LOG* /data/*/LOG* | grep -c "Compacted .* to"';
  return Number(
    await docker('exec', await indexId(), 'sh', '-c', `${script} 2>&1; true`)
  );
}

/** A backup, and what was finished when. */
interface Taken extends BackupDocument {
  /** The last that an answer said before the container was frozen. */
  readonly before: readonly number[];
  /** Said after it went on. */
  readonly after: readonly number[];
}

/** Makes a backup while the writers are asked all the time how far they are. */
async function take(): Promise<Taken> {
  const container = ['--filter', `container=${await indexId()}`];
  const events = spawn('docker', [
    ...['events', '--format', '{{.TimeNano}} {{.Action}}', ...container],
    ...['--filter', 'event=pause', '--filter', 'event=unpause'],
  ]);
  const moments: Array<{ atMs: number; action: string }> = [];
  createInterface({ input: events.stdout }).on('line', (line) => {
    const [nano = '', action = ''] = line.split(' ');
    moments.push({ atMs: Number(nano) / 1e6, action });
  });
  const said: Array<{ atMs: number; numbers: readonly number[] }> = [];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const numbers = await finishedWrites(api);
      said.push({ atMs: Date.now(), numbers });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  try {
    const made = await create().finally(() => (isOver = true));
    await asking;
    await until(
      async () => moments.length,
      (count) => count > 1,
      'the engine tells of the pause',
      10_000
    );
    const pause = moments.find(({ action }) => action === 'pause');
    const before = said.findLast(({ atMs }) => atMs < (pause?.atMs ?? 0));
    if (before === undefined) throw new Error('nothing was said before it');
    return {
      ...made,
      before: before.numbers,
      after: await finishedWrites(api),
    };
  } finally {
    const ended = once(events, 'exit');
    events.kill();
    await ended;
  }
}

const taken: Taken[] = [];

t.test('frozen and linked while it writes as hard as it goes', async (t) => {
  await startWriting(api);
  await until(
    () => finishedWrites(api),
    (numbers) => numbers.reduce((sum, one) => sum + one, 0) > WRITTEN_FIRST,
    'enough to be merged'
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const mergedBefore = await merged();
    const made = await take();
    const { snapshot, sentinels } = made.manifest;
    t.equal(snapshot.method, 'freeze');
    t.equal(made.verified, true, 'opened by RocksDB, every count compared');
    t.ok(sentinels.length >= 5, `${sentinels.length} places are counted`);
    t.ok(snapshot.pauseMs < 5000, `away for ${snapshot.pauseMs} ms`);
    const count = (await merged()) - mergedBefore;
    t.ok(count > 3, `files were merged ${count} times meanwhile`);
    t.ok(
      made.after.every((number, writer) => number > (made.before[writer] ?? 0)),
      'and every writer went on'
    );
    taken.push(made);
  }
  t.equal(await status(), 'running');
  t.notOk((await inVolume()).some((name) => name.startsWith('.snapshot')));
});

t.test('restored, not one finished write is missing', async (t) => {
  // No event comes any more, so every count has to be exactly what it was.
  await simulator.close();
  for (const { manifest, before, after } of taken) {
    const done = await backup(
      ...(['restore', manifest.id, '--yes', '--resume-wait', '0'] as const)
    );
    t.equal(done.code, 0, done.stderr);
    await assertNoWriteMissing(t, api, before, after);
    for (const sentinel of manifest.sentinels) {
      t.equal(await countOf(api, sentinel), sentinel.records, sentinel.target);
    }
  }
});
