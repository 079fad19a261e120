import type { Completeness } from './coverage.js';

/**
 * What a local index's answers are worth right now: `current`; `behind` (it
 * is starting or catching up); `stalled` (it answers, but no longer indexes);
 * `unknown` (nothing has shown yet that it does).
 */
export type LocalVerdict = 'current' | 'behind' | 'stalled' | 'unknown';

/** One look at a local index. */
export type LocalObservation =
  /** Its own `/health`, which the embedded index has. */
  | {
      readonly kind: 'health';
      readonly verdict: LocalVerdict;
      readonly completeness: Completeness;
      /** Age of the newest indexed event in milliseconds; null if unknown. */
      readonly newestEventAgeMs: number | null;
    }
  /**
   * The numbers of `GET /`, all the real server tells without metrics. They
   * are estimates, but they move while links are being written.
   */
  | { readonly kind: 'numbers'; readonly numbers: string }
  /** It did not answer. */
  | { readonly kind: 'unreachable' };

/** What the looks so far amount to. Times are monotonic milliseconds. */
export interface LocalStanding {
  readonly verdict: LocalVerdict;
  /** Since when it says it is complete; undefined where it cannot say. */
  readonly completeness: Completeness | undefined;
  readonly newestEventAgeMs: number | null;
  /** When it was last looked at. */
  readonly observedAtMs: number;
  /** The last numbers seen, and since when they have been the same. */
  readonly numbers: string | null;
  readonly numbersSinceMs: number;
  /** Since when it has not answered; null where it last did. */
  readonly downSinceMs: number | null;
  /** Until when it is taken to be catching up after it was down. */
  readonly behindUntilMs: number;
}

/** Nothing seen yet. */
export const UNSEEN: LocalStanding = {
  verdict: 'unknown',
  completeness: undefined,
  newestEventAgeMs: null,
  observedAtMs: -Infinity,
  numbers: null,
  numbersSinceMs: -Infinity,
  downSinceMs: null,
  behindUntilMs: -Infinity,
};

/** The least time a server without `/health` is given to catch up. */
const LEAST_CATCH_UP_MS = 30_000;

/**
 * Takes one more look into account. An index with a `/health` is taken at its
 * word. One without is `unknown` until its numbers have been seen to move
 * (the network writes hundreds of links a second), `current` while they do,
 * and `stalled` once they have stood still for `stallAfterMs`; 0 turns that
 * check off, for a quiet network of one's own. After it was down it is
 * `behind` for as long as it was down: it replays several times faster than
 * events are made, and nothing it says tells when it is done.
 */
export function standingAfter(
  before: LocalStanding,
  seen: LocalObservation,
  nowMs: number,
  stallAfterMs: number
): LocalStanding {
  if (seen.kind === 'unreachable') {
    return {
      ...before,
      verdict: 'unknown',
      newestEventAgeMs: null,
      observedAtMs: nowMs,
      downSinceMs: before.downSinceMs ?? nowMs,
    };
  }
  if (seen.kind === 'health') {
    return {
      ...UNSEEN,
      verdict: seen.verdict,
      completeness: seen.completeness,
      newestEventAgeMs: seen.newestEventAgeMs,
      observedAtMs: nowMs,
    };
  }
  const moved = before.numbers !== seen.numbers;
  const after: LocalStanding = {
    ...UNSEEN,
    observedAtMs: nowMs,
    numbers: seen.numbers,
    numbersSinceMs: moved ? nowMs : before.numbersSinceMs,
    behindUntilMs:
      before.downSinceMs === null
        ? before.behindUntilMs
        : nowMs + Math.max(LEAST_CATCH_UP_MS, nowMs - before.downSinceMs),
  };
  return { ...after, verdict: verdictOf(before, after, stallAfterMs) };
}

function verdictOf(
  before: LocalStanding,
  after: LocalStanding,
  stallAfterMs: number
): LocalVerdict {
  const nowMs = after.observedAtMs;
  if (nowMs < after.behindUntilMs) return 'behind';
  if (stallAfterMs === 0) return 'current';
  if (before.numbers === null) return 'unknown';
  if (before.numbers !== after.numbers) return 'current';
  if (nowMs - after.numbersSinceMs >= stallAfterMs) return 'stalled';
  return before.verdict === 'unknown' || before.verdict === 'stalled'
    ? 'unknown'
    : 'current';
}
