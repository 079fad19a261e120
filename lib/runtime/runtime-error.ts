/** What can go wrong with a runtime. */
export type RuntimeErrorCode =
  | 'LOCKED'
  | 'LOCK_FAILED'
  | 'PORT_IN_USE'
  | 'START_FAILED'
  | 'STOP_TIMEOUT'
  | 'STATE_DAMAGED'
  | 'STATE_UNREADABLE'
  | 'NOT_AVAILABLE'
  | 'ILLEGAL_CHANGE'
  | 'TIMEOUT'
  | 'COMPOSE_FAILED'
  | 'BUILD_FAILED'
  | 'BAD_DATA_FOLDER'
  | 'BAD_STACK';

/** What a {@link RuntimeError} carries besides its message. */
export interface RuntimeErrorOptions {
  readonly code: RuntimeErrorCode;
  /** The next command to run, or what to change. */
  readonly suggestion?: string | undefined;
  readonly cause?: unknown;
}

/** Base of the errors of `lib/runtime`. */
export class RuntimeError extends Error {
  override readonly name: string = 'RuntimeError';
  readonly code: RuntimeErrorCode;
  readonly suggestion: string | undefined;

  constructor(message: string, options: RuntimeErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.suggestion = options.suggestion;
  }
}
