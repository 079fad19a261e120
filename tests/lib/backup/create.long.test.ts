/** Backups of a real store, and everything that can happen to them. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  truncateSync,
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
import {
  bestCompression,
  type Compression,
} from '../../../lib/backup/archive/compression.js';
import { unpackBackup } from '../../../lib/backup/archive/unpack-backup.js';
import {
  chooseBackup,
  findBackups,
} from '../../../lib/backup/backup-folder.js';
import {
  CREATE_STAGES,
  createBackup,
  type CreatedBackup,
} from '../../../lib/backup/create-backup.js';
import { EmbeddedOpener } from '../../../lib/backup/embedded/embedded-opener.js';
import { lookFolder } from '../../../lib/backup/embedded/folder-workplace.js';
import { EmbeddedSnapshotter } from '../../../lib/backup/embedded/embedded-snapshotter.js';
import { readStoreFacts } from '../../../lib/backup/embedded/store-facts.js';
import { readBackupState, runNow } from '../../../lib/backup/run-record.js';
import { verifyBackup } from '../../../lib/backup/verify/verify-backup.js';
import type { VerifyLevel } from '../../../lib/backup/verify/verification.js';
import { stateFolder } from '../../../lib/runtime/index.js';
import {
  growingIndex,
  storedIndex,
} from '../../fixtures/backup/stored-index.js';

const signal = new AbortController().signal;

async function backUp(
  data: string,
  folder: string,
  compression: Compression = 'gzip',
  stop: AbortSignal = signal
): Promise<CreatedBackup> {
  return await createBackup(new EmbeddedSnapshotter(data), {
    folder,
    compression,
    envCopy: { text: 'CONSTELLATION_PORT=6789\n', secretsLeftOut: [] },
    signal: stop,
  });
}

async function look(backup: string, level: VerifyLevel): Promise<void> {
  const folder = path.dirname(backup);
  await verifyBackup(await chooseBackup(folder, backup), {
    level,
    workplace: () => Promise.resolve(lookFolder(folder, new EmbeddedOpener())),
    signal,
  });
}

async function eventsIn(folder: string): Promise<number> {
  const store = openStore(folder, { readOnly: true });
  const { events } = readState(store, 0);
  await store.root.close();
  return events;
}

t.test(
  'a backup taken while events pour in is one moment, whole',
  async (t) => {
    const root = t.testdir();
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

t.test('every kind of damage is found, and noted', async (t) => {
  const root = t.testdir();
  const data = await storedIndex(root);
  const backups = path.join(root, 'backups');
  const whole = (await backUp(data, backups)).path;
  const stored = 'index.mdb.gz';
  const flip = (file: string): void => {
    const bytes = readFileSync(file);
    bytes[Math.floor(bytes.length / 2)] =
      (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  };
  const damages: ReadonlyArray<[string, (backup: string) => void]> = [
    ['a flipped bit', (backup) => flip(path.join(backup, stored))],
    [
      'a file cut off',
      (backup) => truncateSync(path.join(backup, stored), 5000),
    ],
    ['a missing file', (backup) => rmSync(path.join(backup, stored))],
    ['missing sums', (backup) => rmSync(path.join(backup, 'SHA256SUMS'))],
    [
      'a number in the manifest',
      (backup) => {
        const file = path.join(backup, 'manifest.json');
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace(/"records": \d+/, '"records": 7'));
      },
    ],
    [
      'other settings',
      (backup) =>
        writeFileSync(path.join(backup, 'env.constellation-local'), 'X=1\n'),
    ],
  ];
  for (const [title, damage] of damages) {
    for (const level of ['quick', 'full'] as const) {
      await t.test(`${title}, ${level}`, async (t) => {
        const folder = path.join(root, `${title} ${level}`);
        const backup = path.join(folder, path.basename(whole));
        cpSync(whole, backup, { recursive: true });
        damage(backup);
        await t.rejects(look(backup, level), { code: 'DAMAGED' });
        const [noted] = await findBackups(folder);
        t.type(noted?.verification?.problem, 'string');
        t.strictSame(
          readdirSync(folder),
          [path.basename(whole)],
          'nothing is left of the look'
        );
      });
    }
  }
});

t.test(
  'counts that differ are found although every sum is right',
  async (t) => {
    const root = t.testdir();
    const data = await storedIndex(root, 500);
    const snapshotter = new EmbeddedSnapshotter(data);
    const folder = path.join(root, 'backups');
    const { path: backup } = await createBackup(
      {
        runtime: 'embedded',
        plan: () => snapshotter.plan(),
        take: async (...args) => {
          const { facts, ...rest } = await snapshotter.take(...args);
          const [first, ...others] = facts.sentinels;
          if (first === undefined) throw new Error('no sentinel');
          const records = first.records + 1;
          const sentinels = [{ ...first, records }, ...others];
          return { ...rest, facts: { ...facts, sentinels } };
        },
      },
      { folder, compression: 'none', envCopy: null, signal }
    );
    await look(backup, 'quick');
    await t.rejects(look(backup, 'full'), {
      code: 'MISMATCH',
      message: /links app\.bsky.* instead of /,
    });
  }
);

t.test(
  'killed at any stage it leaves no half backup, and no trace',
  async (t) => {
    const state = stateFolder(path.join(t.testdir(), 'state'));
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
  const root = t.testdir();
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
  const root = t.testdir();
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
