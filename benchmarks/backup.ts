/**
 * A backup of a running index: how long the API is away, how long it takes, how
 * large it is, and how long a restore takes.
 *
 *   npm run bench:backup [-- --mib MIB]
 *   npm run bench:backup -- --only-make DIR [--mib MIB]
 *   npm run bench:backup -- --made DIR
 *
 * Makes an index of so many MiB (default 1,024) first, which takes minutes and
 * is not measured: --only-make does no more than that, and --made measures with
 * what it has left in DIR, which is removed. While it is backed up, the index takes in 500 events a
 * second and is asked without a pause. Needs three times the size on the disk
 * of the temporary folder. Then the same of an index in a container, where a
 * Docker engine answers: benchmarks/backup-docker.ts.
 */

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { bestCompression } from '../lib/backup/archive/compression.js';
import { chooseBackup } from '../lib/backup/backup-folder.js';
import { createBackup } from '../lib/backup/create-backup.js';
import type { Workplace } from '../lib/backup/workplace.js';
import { EmbeddedOpener } from '../lib/backup/embedded/embedded-opener.js';
import { EmbeddedPlace } from '../lib/backup/embedded/embedded-place.js';
import { lookFolder } from '../lib/backup/embedded/folder-workplace.js';
import { EmbeddedSnapshotter } from '../lib/backup/embedded/embedded-snapshotter.js';
import { storedSize, unpackedSize } from '../lib/backup/manifest/manifest.js';
import { restoreBackup } from '../lib/backup/restore/restore-backup.js';
import { planRestore } from '../lib/backup/restore/restore-plan.js';
import { verifyBackup } from '../lib/backup/verify/verify-backup.js';
import { formatBytes, formatDuration, labelled } from '../lib/cli/index.js';
import { EmbeddedRuntime } from '../lib/runtime/embedded/embedded-runtime.js';
import { stateFolder } from '../lib/runtime/index.js';
import { parseEvent } from '../microcosm-bridge/constellation-embedded/event.js';
import {
  openDataFolder,
  STORE_FILE,
} from '../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { IndexWriter } from '../microcosm-bridge/constellation-embedded/store/index-writer.js';
import { openStore } from '../microcosm-bridge/constellation-embedded/store/open-store.js';
import {
  generateEvents,
  startSimulator,
} from '../microcosm-bridge/jetstream-simulator/index.js';

import { hasEngine, measureDocker } from './backup-docker.js';

const { values: asked } = parseArgs({
  options: {
    mib: { type: 'string', default: '1024' },
    'only-make': { type: 'string' },
    made: { type: 'string' },
  },
});
const SIZE_MIB = Number(asked.mib);
if (!Number.isInteger(SIZE_MIB) || SIZE_MIB < 1) {
  process.stderr.write('--mib takes a number of MiB\n');
  process.exit(2);
}
const BATCH = 10_000;
const EVENTS_PER_SECOND = 500;
const root = path.resolve(
  asked.made ??
    asked['only-make'] ??
    mkdtempSync(path.join(tmpdir(), 'bench-backup-'))
);
const folder = stateFolder(root);
const signal = new AbortController().signal;
const rows: Array<[string, string]> = [];

function row(what: string, measured: string): void {
  rows.push([what, measured]);
  process.stderr.write(`${what}: ${measured}\n`);
}

/** Writes generated events until the store is large enough. */
async function makeIndex(): Promise<number> {
  openDataFolder(folder.data, false);
  const store = openStore(folder.data);
  const writer = new IndexWriter(store, Date.now() * 1000);
  const file = path.join(folder.data, STORE_FILE);
  let events = 0;
  let batch = [];
  for (const line of generateEvents({ events: 100_000_000 })) {
    const event = parseEvent(line);
    if (event !== null) batch.push(event);
    if (batch.length < BATCH) continue;
    const cursor = batch.at(-1)?.timeUs ?? 0;
    writer.apply(batch, { cursor, endpoint: null });
    events += batch.length;
    batch = [];
    if (statSync(file).size >= SIZE_MIB * 1024 * 1024) break;
  }
  await store.root.close();
  return events;
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const result = await work();
  row(what, formatDuration(performance.now() - startedMs));
  return result;
}

/** Asks until told to stop. @returns the longest time between two answers (ms) */
function askWithoutPause(api: string): {
  readonly stop: () => Promise<{ longestMs: number; answers: number }>;
} {
  let isOver = false;
  let longestMs = 0;
  let answers = 0;
  const asking = (async () => {
    let lastMs = performance.now();
    while (!isOver) {
      const answer = await request(
        `${api}/links/count?target=at%3A%2F%2Fx&collection=a&path=.b`
      );
      await answer.body.dump();
      const nowMs = performance.now();
      if (answer.statusCode === 200) {
        longestMs = Math.max(longestMs, nowMs - lastMs);
        answers += 1;
        lastMs = nowMs;
      }
    }
    return { longestMs, answers };
  })();
  return {
    stop: async () => {
      isOver = true;
      return await asking;
    },
  };
}

if (asked.made === undefined) {
  const generating = performance.now();
  const events = await makeIndex();
  process.stderr.write(
    `made an index of ${events} events in ${formatDuration(performance.now() - generating)}\n`
  );
}
if (asked['only-make'] !== undefined) process.exit(0);

const runtime = new EmbeddedRuntime({ folder });
const simulator = await startSimulator({
  withoutCursor: 'oldest',
  live: { eventsPerSecond: EVENTS_PER_SECOND, seed: 7 },
});
try {
  const { urls } = await runtime.start({
    bind: '127.0.0.1',
    port: 0,
    metricsPort: null,
    jetstream: [simulator.url],
    dataPath: null,
    logLevel: 'error',
    workers: 1,
    sample: false,
  });
  const stages = new Map<string, number>();
  const asking = askWithoutPause(urls?.api ?? '');
  const created = await timed('backup, in all', () =>
    createBackup(new EmbeddedSnapshotter(folder.data), {
      folder: folder.backups,
      compression: bestCompression(),
      envCopy: null,
      signal,
      onStage: (stage) => stages.set(stage, performance.now()),
    })
  );
  const { longestMs, answers } = await asking.stop();
  const at = (stage: string): number => stages.get(stage) ?? 0;
  row('  of it the copy', formatDuration(at('archive') - at('snapshot')));
  row('  of it compressing', formatDuration(at('manifest') - at('archive')));
  row(
    'longest time between two answers of the API meanwhile',
    `${formatDuration(longestMs)} (${answers} answers)`
  );
  const { manifest } = created;
  row('size of the index', formatBytes(unpackedSize(manifest)));
  row('size of the backup', formatBytes(storedSize(manifest)));
  const backup = await chooseBackup(folder.backups, 'latest');
  const opener = new EmbeddedOpener();
  const workplace = (): Promise<Workplace> =>
    Promise.resolve(lookFolder(folder.backups, opener));
  await timed('verify --quick', () =>
    verifyBackup(backup, { level: 'quick', workplace, signal })
  );
  await timed('verify', () =>
    verifyBackup(backup, { level: 'full', workplace, signal })
  );
  const wish = { backup, dataPath: undefined, wasRunning: false };
  const plan = await planRestore(runtime, wish, new Date());
  let stoppedMs = 0;
  const onStage = (stage: string): void => {
    if (stage === 'stop') stoppedMs = performance.now();
    if (stage === 'health') {
      row(
        'API away in a restore',
        formatDuration(performance.now() - stoppedMs)
      );
    }
  };
  const recordFile = folder.restore;
  await timed('restore, in all', () =>
    restoreBackup(plan, {
      runtime,
      place: new EmbeddedPlace(plan, runtime, opener),
      recordFile,
      signal,
      resumeMs: 0,
      onStage,
    })
  );
} finally {
  await runtime.stop({ force: true, deadlineMs: 10_000 });
  await simulator.close();
  rmSync(root, { recursive: true, force: true });
}
if (await hasEngine()) await measureDocker(SIZE_MIB, row);
process.stdout.write(`${labelled(rows).join('\n')}\n`);
