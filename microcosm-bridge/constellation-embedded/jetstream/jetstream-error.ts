/** What can be wrong with what the consumer is given. */
export type JetstreamErrorCode =
  | 'no-endpoint'
  | 'unknown-name'
  | 'invalid-url'
  | 'unsupported-scheme'
  | 'credentials'
  | 'reserved-parameter'
  | 'bad-option'
  | 'unknown-option'
  | 'already-running';

/**
 * Wrong use of the consumer. What goes wrong with a stream is never thrown: it
 * is reported by `onEvent` and in `state()`, and the consumer tries again.
 */
export class JetstreamError extends Error {
  override readonly name = 'JetstreamError';
  readonly code: JetstreamErrorCode;
  /** What to write instead, in one sentence. */
  readonly suggestion: string | undefined;

  constructor(
    code: JetstreamErrorCode,
    message: string,
    options: { readonly suggestion?: string; readonly cause?: unknown } = {}
  ) {
    super(
      message,
      options.cause === undefined ? undefined : { cause: options.cause }
    );
    this.code = code;
    this.suggestion = options.suggestion;
  }
}
