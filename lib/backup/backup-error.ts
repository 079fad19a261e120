import { CodedError } from '../errors/coded-error.js';

/** What can go wrong with a backup. */
export type BackupErrorCode =
  /** No backup, or nothing to back up (exit code 10). */
  | 'NOTHING_FOUND'
  | 'NO_SPACE'
  /** The snapshot could not be taken. */
  | 'SNAPSHOT_FAILED'
  /** The engine cannot freeze the container. */
  | 'NOT_FROZEN'
  /** A file is missing, cut off or changed. */
  | 'DAMAGED'
  /** It opens, and does not hold what it held. */
  | 'MISMATCH'
  | 'WRONG_VERSION'
  | 'WRONG_RUNTIME'
  | 'SAMPLE_MISMATCH'
  /** This machine lacks what it takes, such as zstd. */
  | 'NOT_SUPPORTED'
  /** The image that wrote a backup is not on the engine. */
  | 'NO_IMAGE'
  /** Nothing is said against it: it could not be looked at. */
  | 'NOT_LOOKED_AT'
  | 'RESTORE_FAILED'
  /** A restore failed, and so did going back. */
  | 'NOT_UNDONE'
  | 'HOOK_FAILED'
  /** Written by nobody, or by another version. */
  | 'STATE_DAMAGED';

/** Base of the errors of `lib/backup`. */
export class BackupError extends CodedError<BackupErrorCode> {
  override readonly name = 'BackupError';
}

/** What to do about NOT_LOOKED_AT. */
export const LOOK_AGAIN =
  'look again later: npx zx scripts/backup.ts verify (--quick compares sums alone)';
