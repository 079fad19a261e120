/** What looking at a backup finds. */

import {
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import {
  chooseBackup,
  findBackups,
} from '../../../lib/backup/backup-folder.js';
import { createBackup } from '../../../lib/backup/create-backup.js';
import { EmbeddedOpener } from '../../../lib/backup/embedded/embedded-opener.js';
import { EmbeddedSnapshotter } from '../../../lib/backup/embedded/embedded-snapshotter.js';
import { lookFolder } from '../../../lib/backup/embedded/folder-workplace.js';
import { verifyBackup } from '../../../lib/backup/verify/verify-backup.js';
import { backUp, look } from '../../fixtures/backup/made-backup.js';
import { storedIndex } from '../../fixtures/backup/stored-index.js';

const signal = new AbortController().signal;

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

t.test('an index that is killed in the middle of the look', async (t) => {
  const root = t.testdir();
  const data = await storedIndex(root, 500);
  const backups = path.join(root, 'backups');
  const { path: made } = await backUp(data, backups);
  const own = new EmbeddedOpener();
  const opener: typeof own = {
    runtime: 'embedded',
    open: async (...args) => {
      const opened = await own.open(...args);
      execFileSync('pkill', ['-KILL', '-P', `${process.pid}`, '-f', args[0]]);
      return opened;
    },
  };
  const looked = verifyBackup(await chooseBackup(backups, made), {
    level: 'full',
    workplace: () => Promise.resolve(lookFolder(backups, opener)),
    signal,
  });
  await t.rejects(looked, {
    code: 'NOT_LOOKED_AT',
    message: /the index on .* ended while it was looked at: SIGKILL/,
    suggestion: /backup\.ts verify/,
  });
  t.strictSame(readdirSync(backups), [path.basename(made)]);
});
