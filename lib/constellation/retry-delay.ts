import type { ConstellationErrorCode } from './errors.js';

/** What {@link retryDelayMs} decides from. */
export interface RetryQuestion {
  /** Tries made so far, this failed one included; 1 or more. */
  readonly tries: number;
  /** Tries allowed after the first. */
  readonly retries: number;
  /** Why the last try failed. */
  readonly code: ConstellationErrorCode;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** What the index asked for, where it did. */
  readonly retryAfterMs: number | undefined;
  /** The pause before the first retry; doubles with each further one. */
  readonly retryDelayMs: number;
  /** Milliseconds left for waiting and trying. */
  readonly remainingMs: number;
  /** A number from 0 up to 1, so that clients do not retry in step. */
  readonly random: number;
}

/** No pause is longer, whatever the number of tries. */
const LONGEST_DELAY_MS = 10_000;

/** Failures that another try a moment later may not have. */
const PASSING: ReadonlySet<ConstellationErrorCode> = new Set([
  'UNREACHABLE',
  'CONNECTION_LOST',
  'TRY_TIMEOUT',
  'RATE_LIMITED',
  'HTTP_STATUS',
]);

/**
 * How long to wait before the next try, or null for no further one: the
 * failure would only repeat, the retries are used up, or the wait alone would
 * take all the time that is left. Exponential with jitter over the upper half;
 * a `Retry-After` is kept to exactly, and waited for in vain by nobody.
 */
export function retryDelayMs(question: RetryQuestion): number | null {
  const { tries, retries, code, status, retryAfterMs, remainingMs } = question;
  if (tries > retries || !PASSING.has(code)) return null;
  // A status below 500, such as 403, does not pass by itself.
  if (code === 'HTTP_STATUS' && (status ?? 500) < 500) return null;
  const ceiling = Math.min(
    LONGEST_DELAY_MS,
    question.retryDelayMs * 2 ** (tries - 1)
  );
  const jittered = ceiling * (0.5 + question.random / 2);
  const delay = Math.max(jittered, retryAfterMs ?? 0);
  return delay < remainingMs ? delay : null;
}
