import type { Completeness } from './coverage.js';

/**
 * What a local index's answers are worth right now: `current`; `behind` (it
 * is starting, catching up, or late); `stalled` (it answers, but no longer
 * indexes); `unknown` (it could not be looked at).
 */
export type LocalVerdict = 'current' | 'behind' | 'stalled' | 'unknown';

/** The disk of a local index. */
export interface LocalDisk {
  /** What its data takes; null: not known. */
  readonly dataBytes: number | null;
  readonly freeBytes: number;
  /** What is used and what is free; null: not known. */
  readonly totalBytes: number | null;
  /** How fast it grows; null until it has been measured. */
  readonly bytesPerDay: number | null;
  /** Until it stops indexing; null: not known, or it does not grow. */
  readonly daysToFull: number | null;
}

/** One look at a local index. */
export type LocalObservation =
  /** Its own `/health`, which the embedded index has. */
  | {
      readonly kind: 'health';
      readonly verdict: LocalVerdict;
      readonly completeness: Completeness;
      /** Age of the newest indexed event in milliseconds; null if unknown. */
      readonly newestEventAgeMs: number | null;
      /** Null: it does not tell. */
      readonly disk: LocalDisk | null;
    }
  /**
   * The numbers of `GET /`, all the real server tells without metrics. They
   * are estimates, but they move while links are being written.
   */
  | {
      readonly kind: 'numbers';
      readonly numbers: string;
      readonly linkingRecords: number;
    }
  /** It answered, and told nothing of itself. */
  | { readonly kind: 'mute' }
  /** It did not answer. */
  | { readonly kind: 'unreachable' };

/** What the looks so far amount to. Times are monotonic milliseconds. */
export interface LocalStanding {
  readonly verdict: LocalVerdict;
  /** Since when it says it is complete; undefined where it cannot say. */
  readonly completeness: Completeness | undefined;
  readonly newestEventAgeMs: number | null;
  /** What it last told; null: it does not tell, or cannot be asked. */
  readonly disk: LocalDisk | null;
  /** When it was last looked at. */
  readonly observedAtMs: number;
  /** The last numbers seen, and since when they have been the same. */
  readonly numbers: string | null;
  readonly numbersSinceMs: number;
  readonly linkingRecords: number;
  /** Whether its numbers have been seen to move. */
  readonly hasMoved: boolean;
  /** Since when it has not answered; null where it last did. */
  readonly downSinceMs: number | null;
  /** When it last came back. */
  readonly backAtMs: number;
  /** Until when it is taken to be catching up. */
  readonly behindUntilMs: number;
}

/** Nothing seen yet. */
export const UNSEEN: LocalStanding = {
  verdict: 'unknown',
  completeness: undefined,
  newestEventAgeMs: null,
  disk: null,
  observedAtMs: -Infinity,
  numbers: null,
  numbersSinceMs: -Infinity,
  linkingRecords: 0,
  hasMoved: false,
  downSinceMs: null,
  backAtMs: -Infinity,
  behindUntilMs: -Infinity,
};

/** An index whose newest event is older misses too much to be asked alone. */
const LATE_MS = 15_000;
/** Numbers that stand still for longer are late; the network writes always. */
const LATE_NUMBERS_MS = 30_000;
/** The least time a server without `/health` is given to catch up once back. */
const LEAST_CATCH_UP_MS = 30_000;
/** How long one seen for the first time is taken to be catching up. */
const FIRST_CATCH_UP_MS = 60_000;
/** A smaller share of the records it had is another index, begun anew. */
const SHRUNK_SHARE = 0.5;

/**
 * Takes one more look into account.
 *
 * An index with a `/health` is taken at its word, but one whose newest event
 * is old, or from before it came back, is `behind` whatever it says.
 *
 * One with numbers only is `behind` until they are seen to move: it may have
 * stood still for days before we came. It is `current` while they move,
 * `behind` and then `stalled` once they stand still. It cannot say that it is
 * catching up, so it is taken to be: after it was down for as long as it was
 * (it replays several times faster than events are made), and for a while
 * after its numbers were first seen to move, because it may have started just
 * before us.
 * If it comes back with a fraction of its records, what the operator said of
 * it was said of another index.
 *
 * One that tells nothing is taken at the operator's word.
 *
 * @param stallAfterMs how long numbers may stand still; 0 turns the checks of
 *   age and movement off, for a quiet network of one's own
 */
export function standingAfter(
  before: LocalStanding,
  seen: LocalObservation,
  nowMs: number,
  stallAfterMs: number
): LocalStanding {
  switch (seen.kind) {
    case 'unreachable':
      return unknownAfter(before, nowMs);
    case 'mute':
      return hasTold(before)
        ? unknownAfter(before, nowMs)
        : { ...UNSEEN, verdict: 'current', observedAtMs: nowMs };
    case 'health': {
      const backAtMs = before.downSinceMs === null ? before.backAtMs : nowMs;
      const mostMs = Math.min(LATE_MS, nowMs - backAtMs);
      return {
        ...UNSEEN,
        backAtMs,
        verdict: isLate(seen, mostMs, stallAfterMs) ? 'behind' : seen.verdict,
        completeness: seen.completeness,
        newestEventAgeMs: seen.newestEventAgeMs,
        disk: seen.disk,
        observedAtMs: nowMs,
      };
    }
    case 'numbers':
      return afterNumbers(before, seen, nowMs, stallAfterMs);
  }
}

function unknownAfter(before: LocalStanding, nowMs: number): LocalStanding {
  return {
    ...before,
    verdict: 'unknown',
    newestEventAgeMs: null,
    disk: null,
    observedAtMs: nowMs,
    downSinceMs: before.downSinceMs ?? nowMs,
  };
}

function hasTold(standing: LocalStanding): boolean {
  return standing.completeness !== undefined || standing.numbers !== null;
}

function isLate(
  { verdict, newestEventAgeMs }: LocalObservation & { kind: 'health' },
  mostMs: number,
  stallAfterMs: number
): boolean {
  return (
    verdict === 'current' &&
    stallAfterMs > 0 &&
    newestEventAgeMs !== null &&
    newestEventAgeMs > mostMs
  );
}

function afterNumbers(
  before: LocalStanding,
  seen: LocalObservation & { kind: 'numbers' },
  nowMs: number,
  stallAfterMs: number
): LocalStanding {
  const moved = before.numbers !== null && before.numbers !== seen.numbers;
  const shrunk = seen.linkingRecords < before.linkingRecords * SHRUNK_SHARE;
  const after: LocalStanding = {
    ...UNSEEN,
    completeness: shrunk ? { kind: 'unknown' } : before.completeness,
    observedAtMs: nowMs,
    numbers: seen.numbers,
    numbersSinceMs:
      moved || before.numbers === null ? nowMs : before.numbersSinceMs,
    linkingRecords: seen.linkingRecords,
    hasMoved: before.hasMoved || moved,
    behindUntilMs: Math.max(
      before.behindUntilMs,
      nowMs + catchUpMs(before, moved && stallAfterMs > 0, nowMs)
    ),
  };
  return { ...after, verdict: verdictOf(after, stallAfterMs) };
}

function catchUpMs(
  { downSinceMs, hasMoved, numbers }: LocalStanding,
  moved: boolean,
  nowMs: number
): number {
  if (downSinceMs !== null && numbers !== null) {
    return Math.max(LEAST_CATCH_UP_MS, nowMs - downSinceMs);
  }
  return moved && !hasMoved ? FIRST_CATCH_UP_MS : 0;
}

function verdictOf(
  standing: LocalStanding,
  stallAfterMs: number
): LocalVerdict {
  const nowMs = standing.observedAtMs;
  const stillMs = stallAfterMs === 0 ? 0 : nowMs - standing.numbersSinceMs;
  if (stallAfterMs > 0 && stillMs >= stallAfterMs) return 'stalled';
  const isProven = stallAfterMs === 0 || standing.hasMoved;
  return isProven &&
    nowMs >= standing.behindUntilMs &&
    stillMs < LATE_NUMBERS_MS
    ? 'current'
    : 'behind';
}
