/**
 * Backups of a RocksDB that is written to as hard as it goes, by the way that
 * the real server's are made. It is RocksDB's engine in a stand-in for the real
 * server (tests/fixtures/docker/rocks-server), not the real server.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
import t from 'tap';
import { startSimulator } from '../../microcosm-bridge/jetstream-simulator/index.js';
import {
  askJson,
  countOf,
  setUpBackedUp,
  type BackupDocument,
} from '../fixtures/docker/backed-up.js';
import { docker, until } from '../fixtures/docker/engine.js';
import { buildRocksImage } from '../fixtures/docker/rocks-image.js';
import type { WriterCheck } from '../fixtures/docker/rocks-server/load.js';

/** The moments differ in what RocksDB is at: several are looked at. */
const ROUNDS = 1;
/** Of a kilobyte each, so that there are files to be merged. */
const WRITTEN_FIRST = 8000;

// The engine's bridge, which containers and this machine reach.
const [bridge] = networkInterfaces()['docker0'] ?? [];
if (bridge === undefined) throw new Error('the engine has no docker0');
const simulator = await startSimulator({
  host: bridge.address,
  sample: true,
  withoutCursor: 'oldest',
  live: { eventsPerSecond: 20 },
});
t.teardown(() => simulator.close());
const index = await setUpBackedUp(t, 'clrock', {
  build: buildRocksImage,
  jetstream: simulator.url,
});
const { api, backup, create, indexId, status, inVolume } = index;

/** Highest number of each writer whose write is finished. */
async function finished(ask = ''): Promise<readonly number[]> {
  return (await askJson(`${api}/_load${ask}`))['finished'] as number[];
}

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
      const numbers = await finished();
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
    return { ...made, before: before.numbers, after: await finished() };
  } finally {
    const ended = once(events, 'exit');
    events.kill();
    await ended;
  }
}

const taken: Taken[] = [];

t.test('frozen and linked while it writes as hard as it goes', async (t) => {
  await finished('/start?writers=4');
  await until(
    finished,
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
    const answer = await askJson(`${api}/_check?writers=4`);
    const writers = answer['writers'] as readonly WriterCheck[];
    t.equal(writers.length, before.length);
    for (const [writer, found] of writers.entries()) {
      const { highest } = found;
      const [least = 0, most = 0] = [before[writer], after[writer]];
      t.match(found, { missing: 0, wrong: 0, counter: highest });
      t.ok(least > 0 && highest >= least, `${highest} of at least ${least}`);
      t.ok(highest < most, 'and nothing that was written afterwards');
    }
    for (const sentinel of manifest.sentinels) {
      t.equal(await countOf(api, sentinel), sentinel.records, sentinel.target);
    }
  }
});
