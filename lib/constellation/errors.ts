/**
 * What went wrong. The first group is about the question or the setup, the
 * second about one index, the third about the call as a whole.
 */
export type ConstellationErrorCode =
  /** An option or environment variable has a value that cannot be used. */
  | 'BAD_OPTION'
  /** A URL is not one, has credentials, or is not http(s). */
  | 'BAD_URL'
  /** The AT-URI, DID or query asked about is malformed; nothing was sent. */
  | 'BAD_TARGET'
  /** The index answered that the question itself is wrong (400, 414, 422). */
  | 'REJECTED'
  /** No connection: refused, no such host, TLS failure. */
  | 'UNREACHABLE'
  /** The connection ended before the answer did. */
  | 'CONNECTION_LOST'
  /** One try took longer than its limit. */
  | 'TRY_TIMEOUT'
  /** The index asked for patience (429, or 503 with Retry-After). */
  | 'RATE_LIMITED'
  /** An unexpected status, such as 500. */
  | 'HTTP_STATUS'
  /** The answer was a redirect; none is followed. */
  | 'REDIRECTED'
  /** The answer was larger than `maxBodyBytes`. */
  | 'BODY_TOO_LARGE'
  /** The answer was not JSON. */
  | 'BAD_BODY'
  /** The answer was JSON of another shape than the API's. */
  | 'BAD_SHAPE'
  /** The index failed lately and is left alone for a moment. */
  | 'BREAKER_OPEN'
  /** Too many questions are waiting already. */
  | 'OVERLOADED'
  /** Every index that could be asked failed; `causes` has each failure. */
  | 'UNAVAILABLE'
  /** The call's deadline passed; the answer is still being fetched behind. */
  | 'DEADLINE'
  /** The caller's signal was aborted. */
  | 'ABORTED'
  /** The client was closed. */
  | 'CLOSED';

/** Facts an error carries beside its message. */
export interface ConstellationErrorFacts {
  readonly cause?: unknown;
  /** What a person can do about it. */
  readonly suggestion?: string | undefined;
  /** Where it happened: an index URL without credentials or query. */
  readonly url?: string | undefined;
  /** The HTTP status, where there was one. */
  readonly status?: number | undefined;
  /** How long the index asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The failures of each index, for `UNAVAILABLE`. */
  readonly causes?: readonly ConstellationError[] | undefined;
}

/** Every error this module throws. @see ConstellationErrorCode */
export class ConstellationError extends Error {
  override readonly name = 'ConstellationError';
  readonly code: ConstellationErrorCode;
  readonly suggestion: string | undefined;
  readonly url: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly ConstellationError[];

  constructor(
    code: ConstellationErrorCode,
    message: string,
    facts: ConstellationErrorFacts = {}
  ) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.code = code;
    this.suggestion = facts.suggestion;
    this.url = facts.url;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.causes = facts.causes ?? [];
  }
}

/** The error itself where it is one of ours, else `code` with it as cause. */
export function asConstellationError(
  error: unknown,
  code: ConstellationErrorCode,
  message: string
): ConstellationError {
  return error instanceof ConstellationError
    ? error
    : new ConstellationError(code, message, { cause: error });
}
