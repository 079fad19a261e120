/** What can go wrong with a setup besides what its parts say. */
export type SetupErrorCode =
  | 'PREREQUISITE' // the machine is not fit for it
  | 'NO_RUNTIME' // nothing here can run the index
  | 'OTHER_APPVIEW' // another AppView is connected already
  | 'SAMPLE_APPVIEW'; // an AppView asks this index, which would be of sample data

/** What a {@link SetupError} carries besides its message. */
export interface SetupErrorOptions {
  readonly code: SetupErrorCode;
  /** The next command to run, or what to change. */
  readonly suggestion?: string | undefined;
  readonly cause?: unknown;
}

/** Base of the errors of `lib/setup`. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  readonly code: SetupErrorCode;
  readonly suggestion: string | undefined;

  constructor(message: string, options: SetupErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.suggestion = options.suggestion;
  }
}
