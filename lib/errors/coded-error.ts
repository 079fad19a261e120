/** What a {@link CodedError} carries besides its message. */
export interface CodedErrorOptions<Code extends string> {
  readonly code: Code;
  /** The next command to run, or what to change. */
  readonly suggestion?: string | undefined;
  readonly cause?: unknown;
}

/**
 * What the errors of all modules have: a code from the module's own union, and
 * the way out where a person will read it. Each module has one class of its
 * own that extends it.
 */
export abstract class CodedError<Code extends string> extends Error {
  readonly code: Code;
  readonly suggestion: string | undefined;

  constructor(message: string, options: CodedErrorOptions<Code>) {
    super(
      message,
      options.cause === undefined ? undefined : { cause: options.cause }
    );
    this.code = options.code;
    this.suggestion = options.suggestion;
  }
}
