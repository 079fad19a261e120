import path from 'node:path';
import { BackupError } from '../backup/backup-error.js';
import { openScene } from '../backup/commands/backup-scene.js';
import { runCreate } from '../backup/commands/run-create.js';
import { EmbeddedSnapshotter } from '../backup/embedded/embedded-snapshotter.js';
import { judgeBackups } from '../backup/judge-backups.js';
import { readBackupState } from '../backup/run-record.js';
import { formatDuration, type CommandContext } from '../cli/index.js';
import type { StateFolder } from '../runtime/state-folder.js';
import type { TEARDOWN_COMMAND } from './teardown-command.js';
import type { TeardownPlan } from './teardown-plan.js';

type Context = CommandContext<(typeof TEARDOWN_COMMAND)['flags']>;

/**
 * Offers a backup of the data that is about to go; invented data needs none.
 * Where nobody can be asked, `--backup` makes one.
 *
 * @throws as runCreate does, and BackupError where it could not be verified:
 *   nothing is to be removed then
 */
export async function offerBackup(
  { flags, prompts, output, signal }: Context,
  { remove, engine }: TeardownPlan,
  folder: StateFolder
): Promise<void> {
  const data = remove.filter(
    ({ level, sample }) => level === 'data' && sample === false
  );
  const isVolume = engine.some(({ kind }) => kind === 'volume');
  if (isVolume && flags.backup === true) {
    throw new BackupError('a volume of Docker cannot be backed up yet', {
      code: 'NOT_SUPPORTED',
      suggestion: 'copy the volume yourself, then go on with --no-backup',
    });
  }
  if (data.length === 0 || flags.backup === false) return;
  const state = await readBackupState(folder.backup);
  if (flags.backup === undefined && !prompts.canAsk) {
    output.warn(
      'no backup is made before the data goes; --backup makes one, --no-backup says that none is wanted'
    );
    return;
  }
  const ageMs = state === null ? null : judgeBackups(state, Date.now()).ageMs;
  const newest =
    ageMs === null
      ? 'There is none'
      : `The newest is ${formatDuration(ageMs)} old`;
  const message = `Make a backup first? ${newest}.`;
  if (!(await prompts.ask('backup', { message, initial: true }))) return;
  const backups = flags.backups ?? state?.folder;
  const scene = await openScene({ state: folder.path, backups });
  for (const one of data) {
    const { created, unverified } = await runCreate({
      scene,
      snapshotter: new EmbeddedSnapshotter(path.resolve(one.path)),
      compression: 'auto',
      verify: 'full',
      workFolder: undefined,
      hook: undefined,
      hookMs: 0,
      output,
      signal,
    });
    if (unverified === null) continue;
    throw new BackupError(
      `the backup ${created.path} was not verified, so nothing was removed: ${unverified}`,
      {
        code: 'NO_SPACE',
        suggestion: 'make room, or go on without one: --no-backup',
      }
    );
  }
}
