import { formatDuration, type Output } from '../cli/index.js';
import type { StateFolder } from '../runtime/index.js';
import { BackupError } from './backup-error.js';
import { openScene, type BackupScene } from './commands/backup-scene.js';
import { runCreate } from './commands/run-create.js';
import { judgeBackups } from './judge-backups.js';
import { readBackupState } from './run-record.js';
import type { Snapshotter } from './snapshotter.js';

/** Something that is better done with a backup. */
export interface BackupOffer {
  readonly folder: StateFolder;
  /** `--backup` or `--no-backup`; undefined: neither was given. */
  readonly given: boolean | undefined;
  readonly canAsk: boolean;
  readonly ask: (message: string) => Promise<boolean>;
  readonly output: Output;
  /** What comes after it, as in `before the data goes`. */
  readonly before: string;
}

/** What a backup before something is made with. */
export interface FirstBackup {
  readonly scene: BackupScene;
  readonly snapshotter: Snapshotter;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** What then was not done, as in `nothing was removed`. */
  readonly otherwise: string;
}

/**
 * Whether a backup is wanted first. Where nobody can be asked and nobody said,
 * none is made, which is said.
 */
export async function wantsBackup({
  folder,
  given,
  canAsk,
  ask,
  output,
  before,
}: BackupOffer): Promise<boolean> {
  if (given !== undefined) return given;
  if (!canAsk) {
    output.warn(
      `no backup is made before ${before}; --backup makes one, --no-backup says that none is wanted`
    );
    return false;
  }
  const state = await readBackupState(folder.backup);
  const ageMs = state === null ? null : judgeBackups(state, Date.now()).ageMs;
  const newest =
    ageMs === null
      ? 'There is none'
      : `The newest is ${formatDuration(ageMs)} old`;
  return await ask(`Make a backup first? ${newest}.`);
}

/**
 * Where such a backup goes: where it was said, else where the last one is.
 */
export async function sceneOfOffer(
  folder: StateFolder,
  backups: string | undefined
): Promise<BackupScene> {
  const state = await readBackupState(folder.backup);
  return await openScene({
    state: folder.path,
    backups: backups ?? state?.folder,
  });
}

/**
 * Makes and verifies it.
 *
 * @throws as runCreate does, and BackupError NO_SPACE where it could not be
 *   verified: what was to follow is not to be done then
 */
export async function makeFirstBackup({
  scene,
  snapshotter,
  output,
  signal,
  otherwise,
}: FirstBackup): Promise<void> {
  const { created, unverified } = await runCreate({
    scene,
    snapshotter,
    compression: 'auto',
    verify: 'full',
    workFolder: undefined,
    hook: undefined,
    hookMs: 0,
    output,
    signal,
  });
  if (unverified === null) return;
  throw new BackupError(
    `the backup ${created.path} was not verified, so ${otherwise}: ${unverified}`,
    {
      code: 'NO_SPACE',
      suggestion: 'make room, or go on without one: --no-backup',
    }
  );
}
