/** A restore that is killed at each stage, with an index that serves. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { request } from 'undici';
import { createBackup } from '../../../lib/backup/create-backup.js';
import { EmbeddedOpener } from '../../../lib/backup/embedded/embedded-opener.js';
import { EmbeddedPlace } from '../../../lib/backup/embedded/embedded-place.js';
import { EmbeddedSnapshotter } from '../../../lib/backup/embedded/embedded-snapshotter.js';
import { chooseBackup } from '../../../lib/backup/backup-folder.js';
import { mendRestore } from '../../../lib/backup/restore/mend-restore.js';
import {
  RESTORE_STAGES,
  restoreBackup,
  type RestoreOutcome,
  type RestoreStage,
} from '../../../lib/backup/restore/restore-backup.js';
import type { DataSwap } from '../../../lib/backup/restore/restore-place.js';
import {
  planRestore,
  type RestorePlan,
} from '../../../lib/backup/restore/restore-plan.js';
import { readRestoreRecord } from '../../../lib/backup/restore/restore-record.js';
import { EmbeddedRuntime } from '../../../lib/runtime/embedded/embedded-runtime.js';
import { stateFolder } from '../../../lib/runtime/index.js';
import { STORE_FILE } from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import {
  growingIndex,
  storedIndex,
} from '../../fixtures/backup/stored-index.js';
import { testFolder } from '../../fixtures/test-folder.js';

const signal = new AbortController().signal;
const folder = stateFolder(path.join(testFolder(t), 'state'));
const runtime = new EmbeddedRuntime({ folder });
t.teardown(() => runtime.stop({ force: true, deadlineMs: 5000 }));
// Nobody listens there: what is stored is all there is.
const CONFIG = {
  bind: '127.0.0.1',
  port: 0,
  metricsPort: null,
  jetstream: ['ws://127.0.0.1:1/subscribe'],
  dataPath: null,
  logLevel: 'error',
  workers: 1,
  sample: false,
} as const;

mkdirSync(folder.path);
const index = growingIndex(folder.data);
index.grow(1500);
const BEFORE = index.writer.state.linkingRecords;
await createBackup(new EmbeddedSnapshotter(folder.data), {
  folder: folder.backups,
  compression: 'gzip',
  envCopy: null,
  signal,
});
index.grow(1500);
const AFTER = index.writer.state.linkingRecords;
await index.close();

/** Asks the index what it holds; starts it where it does not run. */
async function served(): Promise<number> {
  const { urls } = await runtime.start(CONFIG);
  const answer = await request(urls?.api ?? '', { headers: { accept: '*/*' } });
  if (answer.statusCode === 503) {
    await answer.body.dump();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return await served();
  }
  const { stats } = (await answer.body.json()) as {
    stats: { linking_records: number };
  };
  return stats.linking_records;
}

t.test(
  'killed at any stage, all of the old data serves, or all of the new',
  async (t) => {
    t.equal(await served(), AFTER);
    const program = fileURLToPath(
      new URL('../../fixtures/backup/dying-restore.ts', import.meta.url)
    );
    for (const stage of RESTORE_STAGES) {
      const isNew =
        RESTORE_STAGES.indexOf(stage) > RESTORE_STAGES.indexOf('swap');
      const args = ['--import', 'tsx', program, folder.path, stage];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      const [, killed] = (await once(child, 'exit')) as [unknown, unknown];
      t.equal(killed, 'SIGKILL', stage);
      const { state } = await runtime.status();
      const stopped = stage === 'swap' || stage === 'start';
      t.equal(state, stopped ? 'stopped' : 'running', `${stage}: ${state}`);
      const record = await readRestoreRecord(folder.restore);
      const isNoted = stage !== 'unpack' && stage !== 'verify';
      const phase = isNew ? 'starting' : isNoted ? 'swapping' : undefined;
      t.equal(record?.phase, phase, 'it is noted');
      const mend = (): Promise<string | null> =>
        mendRestore(folder.restore, runtime, new AbortController().signal);
      t.equal((await mend()) !== null, stopped, 'started again where it stood');
      t.equal((await runtime.status()).state, 'running');
      t.equal(await mend(), null, 'once');
      t.equal(await served(), isNew ? BEFORE : AFTER, `${stage}: whole`);
    }
    const left = readdirSync(folder.path).filter((name) =>
      name.startsWith('data.restoring')
    );
    t.strictSame(left, [], 'what was unpacked is gone or in place');
  }
);

/** Restores the backup while something goes wrong, from which it goes back. */
async function restore(
  at: Date,
  disturb: {
    readonly signal?: AbortSignal;
    readonly onStage?: (stage: RestoreStage) => void;
    readonly onUndo?: (text: string) => void;
    readonly placeOf?: (plan: RestorePlan) => EmbeddedPlace;
  }
): Promise<RestoreOutcome> {
  const backup = await chooseBackup(folder.backups, 'latest');
  const wish = { backup, dataPath: undefined, wasRunning: false };
  const plan = await planRestore(runtime, wish, at);
  const {
    placeOf = (it) => new EmbeddedPlace(it, runtime, new EmbeddedOpener()),
  } = disturb;
  return await restoreBackup(plan, {
    runtime,
    place: placeOf(plan),
    recordFile: folder.restore,
    resumeMs: 0,
    signal,
    ...disturb,
  });
}

t.test('interrupted after the swap, the old data serves again', async (t) => {
  // In place is the backup's data now; more is added to tell them apart.
  await runtime.stop();
  const more = growingIndex(folder.data, 2);
  more.grow(200);
  const old = more.writer.state.linkingRecords;
  await more.close();
  t.equal(await served(), old);
  const stop = new AbortController();
  const reason = new Error('enough');
  const undone: string[] = [];
  const before = readdirSync(folder.path);
  // A time of its own: earlier ones have kept data of the same second.
  const restoring = restore(new Date('2030-01-01'), {
    signal: stop.signal,
    onStage: (stage) => {
      if (stage === 'health') stop.abort(reason);
    },
    onUndo: (text) => undone.push(text),
  });
  await t.rejects(restoring, reason);
  t.equal(undone.length, 2, undone.join('; '));
  t.equal((await runtime.status()).state, 'running');
  t.equal(await served(), old);
  const added = readdirSync(folder.path).filter(
    (name) => !before.includes(name)
  );
  t.strictSame(added, [], 'nothing is left of it');
});

t.test('an index that serves something else is taken back', async (t) => {
  const old = await served();
  const foreign = await storedIndex(testFolder(t), 1500, 99);
  // It has no place of the backup, and all that health asks for.
  class Astray extends EmbeddedPlace {
    override async swap(): Promise<DataSwap> {
      const swap = await super.swap();
      const store = path.join(folder.data, STORE_FILE);
      copyFileSync(path.join(foreign, STORE_FILE), store);
      return swap;
    }
  }
  const undone: string[] = [];
  const stages: string[] = [];
  const restoring = restore(new Date('2030-01-02'), {
    placeOf: (plan) => new Astray(plan, runtime, new EmbeddedOpener()),
    onStage: (stage) => stages.push(stage),
    onUndo: (text) => undone.push(text),
  });
  await t.rejects(restoring, {
    code: 'RESTORE_FAILED',
    message: /knows none of the \d+ places that the backup counted/,
    suggestion: /scripts\/test\.ts/,
  });
  t.equal(stages.at(-1), 'counts');
  t.equal(undone.length, 2, undone.join('; '));
  t.equal(await served(), old, 'the old data serves again');
  t.equal(await readRestoreRecord(folder.restore), null);
});
