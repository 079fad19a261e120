/** A restore that is killed at each stage, with an index that serves. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
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
} from '../../../lib/backup/restore/restore-backup.js';
import { planRestore } from '../../../lib/backup/restore/restore-plan.js';
import { readRestoreRecord } from '../../../lib/backup/restore/restore-record.js';
import { EmbeddedRuntime } from '../../../lib/runtime/embedded/embedded-runtime.js';
import { stateFolder } from '../../../lib/runtime/index.js';
import { growingIndex } from '../../fixtures/backup/stored-index.js';

const signal = new AbortController().signal;
const folder = stateFolder(path.join(t.testdir(), 'state'));
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
      const isNew = stage === 'start' || stage === 'health';
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
  const backup = await chooseBackup(folder.backups, 'latest');
  const wish = { backup, dataPath: undefined, wasRunning: false };
  const undone: string[] = [];
  const before = readdirSync(folder.path);
  // A time of its own: earlier ones have kept data of the same second.
  const plan = await planRestore(runtime, wish, new Date('2030-01-01'));
  const restoring = restoreBackup(plan, {
    runtime,
    place: new EmbeddedPlace(plan, runtime, new EmbeddedOpener()),
    recordFile: folder.restore,
    signal: stop.signal,
    resumeMs: 0,
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
