/** Backups of a real store, and everything that can happen meanwhile. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import {
  openStore,
  readState,
} from '../../../microcosm-bridge/constellation-embedded/store/open-store.js';
import { bestCompression } from '../../../lib/backup/archive/compression.js';
import { unpackBackup } from '../../../lib/backup/archive/unpack-backup.js';
import {
  chooseBackup,
  findBackups,
} from '../../../lib/backup/backup-folder.js';
import {
  CREATE_STAGES,
  createBackup,
} from '../../../lib/backup/create-backup.js';
import { EmbeddedSnapshotter } from '../../../lib/backup/embedded/embedded-snapshotter.js';
import { readStoreFacts } from '../../../lib/backup/embedded/store-facts.js';
import { readBackupState, runNow } from '../../../lib/backup/run-record.js';
import { stateFolder } from '../../../lib/runtime/index.js';
import { backUp, look } from '../../fixtures/backup/made-backup.js';
import {
  growingIndex,
  storedIndex,
} from '../../fixtures/backup/stored-index.js';
import { testFolder } from '../../fixtures/test-folder.js';

const signal = new AbortController().signal;

async function eventsIn(folder: string): Promise<number> {
  const store = openStore(folder, { readOnly: true });
  const { events } = readState(store, 0);
  await store.root.close();
  return events;
}

t.test(
  'a backup taken while events pour in is one moment, whole',
  async (t) => {
    const root = testFolder(t);
    const data = path.join(root, 'data');
    const backups = path.join(root, 'größe 1');
    const index = growingIndex(data);
    index.grow(3000);
    let isOver = false;
    const taking = backUp(data, backups, bestCompression()).finally(() => {
      isOver = true;
    });
    let batches = 0;
    while (!isOver) {
      index.grow(200);
      batches += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { manifest, path: created } = await taking;
    await index.close();
    t.ok(batches > 3, `written to all the time: ${batches} batches`);
    t.ok(manifest.sentinels.length > 5, 'places of several kinds are counted');

    const unpacked = path.join(root, 'unpacked');
    const found = await chooseBackup(backups, 'latest');
    await unpackBackup(found, unpacked, signal, () => undefined);
    const facts = await readStoreFacts(unpacked);
    t.strictSame(facts.index, manifest.index, 'the manifest tells of the copy');
    t.strictSame(facts.sentinels, manifest.sentinels);

    // An index that has seen these very events and no others says the same.
    const events = await eventsIn(unpacked);
    t.equal((events - 3000) % 200, 0, 'it ends between two batches');
    const twin = growingIndex(path.join(root, 'twin'));
    twin.grow(3000);
    for (let seen = 3000; seen < events; seen += 200) twin.grow(200);
    await twin.close();
    const same = await readStoreFacts(path.join(root, 'twin'));
    t.strictSame(same.sentinels, manifest.sentinels);
    t.equal(same.index.linkingRecords, manifest.index.linkingRecords);

    const sums = ['--quiet', '-c', 'SHA256SUMS'];
    execFileSync('sha256sum', sums, { cwd: created });
    await look(created, 'full');
    t.match(await findBackups(backups), [
      { verification: { level: 'full', problem: null } },
    ]);
  }
);

t.test(
  'killed at any stage it leaves no half backup, and no trace',
  async (t) => {
    const state = stateFolder(path.join(testFolder(t), 'state'));
    mkdirSync(state.path);
    const data = await storedIndex(state.path);
    const program = fileURLToPath(
      new URL('../../fixtures/backup/dying-create.ts', import.meta.url)
    );
    const before = await readStoreFacts(data);
    const stages = [...CREATE_STAGES, 'verify', 'hook'];
    for (const stage of stages) {
      const args = ['--import', 'tsx', program, state.path, data, stage];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      const [, killed] = (await once(child, 'exit')) as [unknown, unknown];
      t.equal(killed, 'SIGKILL', stage);
      const run = (await readBackupState(state.backup))?.lastRun ?? null;
      const outcome = run === null ? null : runNow(run).outcome;
      t.equal(
        outcome,
        stage === 'hook' ? 'good' : 'failed',
        `${stage} is seen`
      );
      const found = await findBackups(state.backups);
      const expected = stage === 'verify' ? 1 : stage === 'hook' ? 2 : 0;
      t.equal(found.length, expected, `${stage}: ${expected} listed`);
      t.ok(
        found.every(({ problem }) => problem === null),
        'what is listed is whole'
      );
    }
    t.strictSame(await readStoreFacts(data), before, 'the data is as it was');
    await backUp(data, state.backups);
    const left = readdirSync(state.backups).filter((name) => name !== '.lock');
    t.equal(left.length, 3, 'the next run has swept up');
  }
);

t.test('interrupted, it removes what it had begun', async (t) => {
  const root = testFolder(t);
  const data = await storedIndex(root, 500);
  const folder = path.join(root, 'backups');
  const stop = new AbortController();
  const reason = new Error('enough');
  const taking = createBackup(new EmbeddedSnapshotter(data), {
    folder,
    compression: 'gzip',
    envCopy: null,
    signal: stop.signal,
    onStage: (stage) => {
      if (stage === 'snapshot') setImmediate(() => stop.abort(reason));
    },
  });
  await t.rejects(taking, reason);
  t.strictSame(readdirSync(folder), []);
  const index = growingIndex(data, 9);
  index.grow(10);
  await index.close();
});

t.test('without room nothing is begun, or nothing is left', async (t) => {
  const root = testFolder(t);
  const disk = mkdtempSync(path.join(tmpdir(), 'backup-disk-'));
  try {
    const options = ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk];
    execFileSync('mount', options, { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(disk);
    if (process.env['CI'] === 'true') throw error;
    t.pass('not run', { skip: 'mounting a tmpfs needs root' });
    return;
  }
  t.teardown(() => {
    execFileSync('umount', ['-l', disk]);
    rmdirSync(disk);
  });
  const data = await storedIndex(root, 6000);
  const ballast = path.join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(6 * 1024 * 1024));
  await t.rejects(backUp(data, disk), {
    code: 'NO_SPACE',
    message: /may need .* MiB in .* are free/,
  });
  t.strictSame(readdirSync(disk), ['ballast']);
  rmSync(ballast);

  // The disk fills while it is written to.
  const snapshotter = new EmbeddedSnapshotter(data);
  const filled = createBackup(
    {
      runtime: 'embedded',
      plan: async () => ({
        ...(await snapshotter.plan()),
        scratchBytes: 0,
        sizeBytes: 0,
      }),
      take: async (folder, options) => {
        writeFileSync(ballast, Buffer.alloc(22 * 1024 * 1024));
        return await snapshotter.take(folder, options);
      },
    },
    { folder: disk, compression: 'none', envCopy: null, signal }
  );
  await t.rejects(filled, { code: 'NO_SPACE' });
  t.strictSame(readdirSync(disk), ['ballast']);
});
