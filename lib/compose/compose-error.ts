/** What can go wrong with an AppView's compose file or with the overlay. */
export type ComposeErrorCode =
  | 'broken-yaml'
  | 'not-a-compose-file'
  | 'too-large'
  | 'bad-options'
  | 'service-not-found'
  | 'ambiguous-service'
  | 'unsupported-network';

/** What a {@link ComposeError} carries besides its message. */
export interface ComposeErrorOptions {
  readonly code: ComposeErrorCode;
  /** The file, where there is one. */
  readonly path?: string | undefined;
  /** Service names to choose from. */
  readonly candidates?: readonly string[] | undefined;
  readonly suggestion?: string | undefined;
  readonly cause?: unknown;
}

/** Base of the errors of `lib/compose`. */
export class ComposeError extends Error {
  override readonly name = 'ComposeError';
  readonly code: ComposeErrorCode;
  readonly path: string | undefined;
  readonly candidates: readonly string[];
  readonly suggestion: string | undefined;

  constructor(message: string, options: ComposeErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.path = options.path;
    this.candidates = options.candidates ?? [];
    this.suggestion = options.suggestion;
  }
}
