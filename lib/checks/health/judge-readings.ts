import { formatDuration } from '../../cli/index.js';
import type { HealthDocument } from '../../health/index.js';
import type { CheckOutcome, Facts } from '../check.js';

/** `/health` as it was read; both times monotonic (ms). */
export interface HealthReading {
  readonly health: HealthDocument;
  /** When the question was sent. */
  readonly sentMs: number;
  /** When the answer was there. */
  readonly receivedMs: number;
}

/** What readings are judged by. */
export interface ReadingLimits {
  /** Oldest that the newest event of a current index may be (ms). */
  readonly maxAgeMs: number;
  /** How long one that says it is catching up may stand still (ms). */
  readonly movementMs: number;
}

/** A judgement; `again`: one more reading is needed. */
export type ReadingJudgement = CheckOutcome | { readonly status: 'again' };

/** How far two clocks of one machine may drift apart between readings (ms). */
const CLOCK_TOLERANCE_MS = 250;

const NEXT = 'npx zx scripts/test.ts --only logs says what its stream met';

/**
 * Whether an index is fresh, from readings of its `/health`, oldest first. One
 * reading is never enough where it says that it is indexing: the verdict, the
 * age and the cursor of two have to fit each other and our own clock, so a
 * frozen page or gauge is found out. Pure.
 */
export function judgeReadings(
  readings: readonly HealthReading[],
  limits: ReadingLimits
): ReadingJudgement {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return { status: 'again' };
  const { health } = last;
  const facts = factsOf(health);
  const { verdict, message } = health;
  switch (verdict) {
    case 'starting':
      return {
        status: 'fail',
        message: 'it has not begun to index',
        seen: `starting: ${message}`,
        expected: 'current, catching-up or idle',
        suggestion: 'wait a few seconds, then: npx zx scripts/test.ts',
        facts,
      };
    case 'stalled':
      return {
        status: 'fail',
        message: 'it answers, but it does not index',
        seen: `stalled: ${message}`,
        expected: 'current, catching-up or idle',
        suggestion:
          health.paused === null
            ? NEXT
            : 'do what it says; it goes on by itself, without a restart',
        facts,
      };
    case 'idle':
      return { status: 'pass', message: `idle: ${message}`, facts };
    case 'current':
    case 'catching-up': {
      if (readings.length < 2) return { status: 'again' };
      const frozen = judgeClock(first, last);
      if (frozen !== null) return { ...frozen, facts };
      return verdict === 'current'
        ? judgeAge(health, limits)
        : judgeProgress(first, last, limits);
    }
  }
}

/** Cursor and age together say what time it was there: it must go on. */
function judgeClock(
  first: HealthReading,
  last: HealthReading
): Omit<CheckOutcome & { status: 'fail' }, 'facts'> | null {
  const before = timeThere(first.health);
  const now = timeThere(last.health);
  if (before === null || now === null) {
    return {
      status: 'fail',
      message: `it says ${last.health.verdict}, but knows no newest event`,
      seen: `cursor ${last.health.cursorUs}, newest_event_age_ms ${last.health.newestEventAgeMs}`,
      expected: 'both numbers, since it says that it is indexing',
      suggestion: NEXT,
    };
  }
  const wentOnMs = now - before;
  const atLeastMs = last.sentMs - first.receivedMs - CLOCK_TOLERANCE_MS;
  const atMostMs = last.receivedMs - first.sentMs + CLOCK_TOLERANCE_MS;
  if (wentOnMs >= atLeastMs && wentOnMs <= atMostMs) return null;
  const apartMs = Math.round(last.receivedMs - first.receivedMs);
  return {
    status: 'fail',
    message: `it says ${last.health.verdict}, but its gauge is frozen`,
    seen: `newest_event_age_ms ${first.health.newestEventAgeMs}, and ${apartMs} ms later ${last.health.newestEventAgeMs}, with cursor ${first.health.cursorUs} and ${last.health.cursorUs}`,
    expected: `an age that grew by ${apartMs} ms, or by less with a cursor that moved on`,
    suggestion:
      'see whether something between caches /health; then: npx zx scripts/setup.ts',
  };
}

function judgeAge(
  health: HealthDocument,
  { maxAgeMs }: ReadingLimits
): CheckOutcome {
  const facts = factsOf(health);
  const ageMs = health.newestEventAgeMs ?? Number.POSITIVE_INFINITY;
  const age = formatDuration(ageMs);
  if (ageMs > maxAgeMs) {
    return {
      status: 'fail',
      message: 'it says current, but its newest event is too old',
      seen: `the newest event is ${age} old`,
      expected: `at most ${formatDuration(maxAgeMs)} (--max-age-ms)`,
      suggestion: NEXT,
      facts,
    };
  }
  const pace = `${health.eventsPerSecond} events/s`;
  const sample = health.sample ? ', SAMPLE DATA' : '';
  const link = health.connected ? '' : ', not connected just now';
  return {
    status: 'pass',
    message: `current: the newest event is ${age} old, ${pace}${sample}${link}`,
    facts,
  };
}

function judgeProgress(
  first: HealthReading,
  last: HealthReading,
  { movementMs }: ReadingLimits
): ReadingJudgement {
  const { health } = last;
  const facts = factsOf(health);
  const readUs = (health.cursorUs ?? 0) - (first.health.cursorUs ?? 0);
  const watchedMs = last.receivedMs - first.receivedMs;
  if (readUs <= 0) {
    if (watchedMs < movementMs) return { status: 'again' };
    return {
      status: 'fail',
      message: 'it says catching-up, but it stands still',
      seen: `the same cursor ${health.cursorUs} for ${Math.round(watchedMs)} ms`,
      expected: 'a cursor that moves on',
      suggestion: NEXT,
      facts,
    };
  }
  const age = formatDuration(health.newestEventAgeMs ?? 0);
  const speed = (readUs / 1000 / watchedMs).toFixed(1);
  const sample = health.sample ? ', SAMPLE DATA' : '';
  return {
    status: 'pass',
    message: `catching-up: ${age} behind, reading ${speed} times as fast as it happens${sample}`,
    facts,
  };
}

/** The clock of the index when it answered (ms since 1970). */
function timeThere(health: HealthDocument): number | null {
  const { cursorUs, newestEventAgeMs } = health;
  if (cursorUs === null || newestEventAgeMs === null) return null;
  return cursorUs / 1000 + newestEventAgeMs;
}

function factsOf(health: HealthDocument): Facts {
  return {
    verdict: health.verdict,
    newestEventAgeMs: health.newestEventAgeMs,
    eventsPerSecond: health.eventsPerSecond,
    eventsTotal: health.eventsTotal,
    completeSince: health.completeSince,
    endpoint: health.endpoint,
    connected: health.connected,
    reconnects: health.reconnects,
    sample: health.sample,
  };
}
