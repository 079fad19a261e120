/** What can go wrong with a backup. */
export type BackupErrorCode =
  /** No backup, or nothing to back up (exit code 10). */
  | 'NOTHING_FOUND'
  | 'NO_SPACE'
  /** The snapshot could not be taken. */
  | 'SNAPSHOT_FAILED'
  /** A file is missing, cut off or changed. */
  | 'DAMAGED'
  /** It opens, and does not hold what it held. */
  | 'MISMATCH'
  | 'WRONG_VERSION'
  | 'WRONG_RUNTIME'
  | 'SAMPLE_MISMATCH'
  /** This machine lacks what it takes, such as zstd. */
  | 'NOT_SUPPORTED'
  | 'RESTORE_FAILED'
  | 'HOOK_FAILED'
  /** Written by nobody, or by another version. */
  | 'STATE_DAMAGED';

/** What a {@link BackupError} carries besides its message. */
export interface BackupErrorOptions {
  readonly code: BackupErrorCode;
  /** The next command to run, or what to change. */
  readonly suggestion?: string | undefined;
  readonly cause?: unknown;
}

/** Base of the errors of `lib/backup`. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: BackupErrorCode;
  readonly suggestion: string | undefined;

  constructor(message: string, options: BackupErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.suggestion = options.suggestion;
  }
}
