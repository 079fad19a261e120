/**
 * Backups and restores of a RocksDB (in a stand-in for the real server) that
 * are killed, kill -9, as each of their stages begins, and while they copy.
 */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { findBackups } from '../../lib/backup/backup-folder.js';
import { CREATE_STAGES } from '../../lib/backup/create-backup.js';
import { RESTORE_STAGES } from '../../lib/backup/restore/restore-backup.js';
import { readBackupState, runNow } from '../../lib/backup/run-record.js';
import { stateFolder } from '../../lib/runtime/index.js';
import {
  askJson,
  countOf,
  setUpBackedUp,
} from '../fixtures/docker/backed-up.js';
import { run, until } from '../fixtures/docker/engine.js';
import { buildRocksImage } from '../fixtures/docker/rocks-image.js';
import {
  finishedWrites,
  startReachableStream,
  startWriting,
} from '../fixtures/docker/rocks-load.js';

const ROOT = new URL('../..', import.meta.url).pathname;

const simulator = await startReachableStream(t);
const index = await setUpBackedUp(t, 'clkill', {
  build: buildRocksImage,
  jetstream: simulator.url,
});
const { state, api, env, backup, create, status, untilReady } = index;
const { inVolume, ofTheMoment, served } = index;
const folder = stateFolder(state);

/** Runs one of the programs that die, to their death. */
async function die(program: string, ...args: readonly string[]): Promise<void> {
  const file = `tests/fixtures/backup/${program}.ts`;
  const ended = await run(
    [process.execPath, '--import', 'tsx', file, ...args],
    {
      cwd: ROOT,
      env,
    }
  ).then(
    ({ code, stderr }) => `it ended with ${code}: ${stderr}`,
    () => null // killed
  );
  if (ended !== null) throw new Error(ended);
}

// Enough that there is a middle of its copy.
await startWriting(api);
await until(
  () => finishedWrites(api),
  (numbers) => numbers.every((number) => number > 2000),
  'some writes'
);
await askJson(`${api}/_load/stop`);

for (const stage of [...CREATE_STAGES, 'archiving', 'verify', 'hook']) {
  t.test(`a backup killed at ${stage} leaves no half one`, async (t) => {
    const before = (await findBackups(folder.backups)).length;
    await die('dying-create', state, '', stage);
    const run = (await readBackupState(folder.backup))?.lastRun ?? null;
    const isNoted = stage === 'hook' ? 'good' : 'failed';
    t.equal(run === null ? null : runNow(run).outcome, isNoted, 'it is seen');
    if (stage === 'archiving') {
      const partial = readdirSync(folder.backups).find((name) =>
        name.endsWith('.partial')
      );
      const begun = readdirSync(path.join(folder.backups, partial ?? '.'));
      t.ok(
        begun.some((name) => name.includes('.sst')),
        'it was at the files'
      );
      t.notOk(begun.includes('manifest.json'));
    }
    const after = await findBackups(folder.backups);
    const isWhole = stage === 'verify' || stage === 'hook';
    t.equal(after.length, before + (isWhole ? 1 : 0));
    t.ok(after.every(({ problem }) => problem === null));
    t.equal(await status(), 'running');
    t.ok((await fetch(`${api}/`)).ok, 'the index answers');
  });
}

t.test('what they left goes with the next one', async (t) => {
  t.equal((await create()).verified, true);
  t.notOk((await inVolume()).some((name) => name.startsWith('.snapshot')));
  t.notOk(
    readdirSync(path.join(state, 'backups')).some((name) =>
      name.endsWith('.partial')
    )
  );
  t.equal(await ofTheMoment(), '');
});

t.test('a restore killed at any stage leaves one whole index', async (t) => {
  const { manifest } = await create();
  // No event comes any more, so each of the two counts what it did.
  await simulator.close();
  const counts = (): Promise<readonly number[]> =>
    Promise.all(manifest.sentinels.map((place) => countOf(api, place)));
  const old = await counts();
  const restored = manifest.sentinels.map(({ records }) => records);
  let isReplaced = false;
  for (const stage of ['unpacking', ...RESTORE_STAGES]) {
    const before = await served();
    await die('dying-restore', state, stage, manifest.id);
    if (stage === 'unpacking') {
      const names = await inVolume();
      t.ok(names.some((name) => name.startsWith('.unpacking-')));
      t.ok(names.some((name) => name.startsWith('generation-')));
    }
    const { stderr } = await backup('status');
    const stood = stage === 'swap' || stage === 'start';
    t.equal(
      /was killed.*was started/.test(stderr),
      stood,
      `${stage}: ${stderr}`
    );
    await untilReady();
    const isNew = ['start', 'health', 'counts'].includes(stage);
    const now = await served();
    isReplaced ||= isNew;
    if (isNew) t.match(now, /generation-/, `${stage}: the restored one`);
    t.equal(now === before, !isNew, `${stage}: ${before}, ${now}`);
    t.strictSame(await counts(), isReplaced ? restored : old, stage);
    t.equal(await ofTheMoment(), '', 'no container of the moment is left');
  }
  t.notOk(
    (await inVolume()).some((name) => name.startsWith('.unpacking-')),
    'what the first ones had unpacked is gone'
  );
});
