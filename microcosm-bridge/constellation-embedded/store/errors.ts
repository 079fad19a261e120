/** What can be wrong with a data folder or the store in it. */
export type StoreErrorCode =
  | 'DATA_NOT_A_FOLDER'
  | 'DATA_UNWRITABLE'
  | 'DATA_DISK_FULL'
  | 'DATA_FOREIGN'
  | 'DATA_NEWER_FORMAT'
  | 'DATA_SAMPLE_MISMATCH'
  | 'DATA_LOCKED'
  | 'DATA_DAMAGED';

/** A failure of the store; the message names the folder, `suggestion` the way out. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** The data folder. */
  readonly path: string;
  /** What to do next, in one sentence. */
  readonly suggestion: string;

  constructor(
    code: StoreErrorCode,
    path: string,
    message: string,
    suggestion: string,
    cause?: unknown
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
    this.suggestion = suggestion;
  }
}
