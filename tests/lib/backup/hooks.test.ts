/** The hooks that take a backup elsewhere, with the real programs. */

import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { runHook } from '../../../lib/backup/backup-hook.js';
import { readBackup } from '../../../lib/backup/backup-folder.js';
import { createBackup } from '../../../lib/backup/create-backup.js';
import { EmbeddedSnapshotter } from '../../../lib/backup/embedded/embedded-snapshotter.js';
import { checkSums } from '../../../lib/backup/verify/check-sums.js';
import { storedIndex } from '../../fixtures/backup/stored-index.js';

const signal = new AbortController().signal;
const HOOKS = new URL(
  '../../../microcosm-bridge/backup-hooks/',
  import.meta.url
);
const root = t.testdir();
const { path: made } = await createBackup(
  new EmbeddedSnapshotter(await storedIndex(root, 500)),
  {
    folder: path.join(root, 'bäck ups'),
    compression: 'gzip',
    envCopy: null,
    signal,
  }
);
process.env['RESTIC_REPOSITORY'] = path.join(root, 'restic');
process.env['RESTIC_PASSWORD'] = 'of a test';
process.env['RCLONE_DESTINATION'] = path.join(root, 'rclone');
process.env['RCLONE_CONFIG'] = '';

/** What brings it back. */
const RETURN: Readonly<Record<'restic' | 'rclone', (to: string) => string[]>> =
  {
    restic: (to) => ['restore', 'latest', '--quiet', '--target', to],
    rclone: (to) => ['copy', path.join(root, 'rclone'), to],
  };

for (const program of ['restic', 'rclone'] as const) {
  t.test(
    `${program} takes a backup away, and it comes back whole`,
    async (t) => {
      if (spawnSync(program, ['version']).error !== undefined) {
        const why = `${program} is not there: apt-get install ${program}`;
        if (process.env['CI'] === 'true') t.fail(why);
        else t.pass('not run', { skip: why });
        return;
      }
      const run = (args: readonly string[]): Buffer =>
        execFileSync(program, args);
      if (program === 'restic') run(['init', '--quiet']);
      const options = { signal, deadlineMs: 60_000, onLine: () => undefined };
      await runHook(fileURLToPath(new URL(program, HOOKS)), made, options);
      const to = path.join(root, `from ${program}`);
      run(RETURN[program](to));
      const back = await readBackup(path.join(to, path.basename(made)));
      if (back.manifest === null) throw new Error(String(back.problem));
      const { manifest } = back;
      await t.resolves(
        checkSums({ ...back, manifest }, 'all', signal, () => undefined)
      );
    }
  );
}

t.test('a hook that is missing or fails is said', async (t) => {
  const options = { signal, deadlineMs: 300, onLine: () => undefined };
  const failed = { code: 'HOOK_FAILED' };
  await t.rejects(runHook(path.join(root, 'none'), made, options), failed);
  await t.rejects(runHook('/bin/false', made, options), failed);
  const rclone = fileURLToPath(new URL('rclone', HOOKS));
  process.env['RCLONE_DESTINATION'] = '';
  const lines: string[] = [];
  const slow = {
    ...options,
    deadlineMs: 10_000,
    onLine: (line: string) => lines.push(line),
  };
  await t.rejects(runHook(rclone, made, slow), {
    ...failed,
    message: /RCLONE_DESTINATION is not set/,
    suggestion: /the backup itself is good/,
  });
  t.equal(lines.length, 1);
});
