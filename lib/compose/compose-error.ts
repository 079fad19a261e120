import { CodedError, type CodedErrorOptions } from '../errors/coded-error.js';

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
export interface ComposeErrorOptions extends CodedErrorOptions<ComposeErrorCode> {
  /** The file, where there is one. */
  readonly path?: string | undefined;
  /** Service names to choose from. */
  readonly candidates?: readonly string[] | undefined;
}

/** Base of the errors of `lib/compose`. */
export class ComposeError extends CodedError<ComposeErrorCode> {
  override readonly name = 'ComposeError';
  readonly path: string | undefined;
  readonly candidates: readonly string[];

  constructor(message: string, options: ComposeErrorOptions) {
    super(message, options);
    this.path = options.path;
    this.candidates = options.candidates ?? [];
  }
}
