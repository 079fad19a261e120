/**
 * Is the index fresh? Decided from what was read and how its age moves, never
 * from one reading: an age that was low when the stream stopped is not
 * freshness, and an age that is high while it shrinks is not a failure.
 */

import type { IndexStatus } from './index-status.js';

/** What an operator needs to know in one word. */
export type Verdict =
  'current' | 'catching-up' | 'stalled' | 'idle' | 'starting';

/** When an index stops being fresh. */
export interface FreshnessThresholds {
  /** Newest event older than this: not current. ms, default 60,000. */
  readonly staleMs: number;
  /** Nothing read for this long: stalled. ms, default 60,000. */
  readonly silentMs: number;
  /** Over how long the age has to shrink to count as catching up, ms, default 20,000, at most staleMs. */
  readonly trendMs: number;
}

/** Sixty seconds for both, as AppViews show counts with a cache of that age anyway. */
export const DEFAULT_THRESHOLDS: FreshnessThresholds = {
  staleMs: 60_000,
  silentMs: 60_000,
  trendMs: 20_000,
};

/** A verdict and the sentence that explains it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly message: string;
}

/** What is judged. */
export interface FreshnessFacts {
  readonly nowMs: number;
  /** When the process started, ms since 1970. */
  readonly processStartedMs: number;
  /** Snapshots, oldest first; the last one is judged, the others show the trend. */
  readonly history: readonly IndexStatus[];
  readonly thresholds: FreshnessThresholds;
}

/** Age of the newest committed event in ms, null before the first one. */
export function newestEventAgeMs(
  cursorUs: number | null,
  nowMs: number
): number | null {
  return cursorUs === null ? null : Math.max(0, nowMs - cursorUs / 1000);
}

/** Judges the newest snapshot in the light of the earlier ones. Pure. */
export function judgeFreshness(facts: FreshnessFacts): Judgement {
  const { nowMs, processStartedMs, history, thresholds } = facts;
  const { silentMs, staleMs } = thresholds;
  const status = history.at(-1);
  if (status === undefined) {
    return { verdict: 'starting', message: 'the store is being opened' };
  }
  if (status.pause !== null) {
    return { verdict: 'stalled', message: status.pause.message };
  }
  if (status.source === 'file-done') {
    return { verdict: 'idle', message: 'all of the file is indexed' };
  }
  if (status.source === 'none') {
    return { verdict: 'idle', message: 'served as it is, without a stream' };
  }
  const trouble = status.trouble === null ? '' : ` (${status.trouble})`;
  const quietMs = nowMs - (status.lastReadAtMs ?? processStartedMs);
  if (quietMs > silentMs) {
    const seconds = Math.round(quietMs / 1000);
    return {
      verdict: 'stalled',
      message: `nothing was read for ${seconds} s${trouble}`,
    };
  }
  const age = newestEventAgeMs(status.cursor, nowMs);
  if (age === null || status.lastReadAtMs === null) {
    return {
      verdict: 'starting',
      message: `waiting for the first event${trouble}`,
    };
  }
  if (age <= staleMs) {
    return { verdict: 'current', message: 'the newest event is young' };
  }
  return judgeTrend(facts, age);
}

/** Old, but is it getting younger? */
function judgeTrend(
  { nowMs, history, thresholds }: FreshnessFacts,
  age: number
): Judgement {
  const seconds = Math.round(age / 1000);
  const since = nowMs - thresholds.trendMs;
  const before = history.findLast(
    (status) => status.atMs <= since && status.cursor !== null
  );
  const ageBefore =
    before === undefined ? null : newestEventAgeMs(before.cursor, before.atMs);
  if (ageBefore === null || age < ageBefore) {
    return {
      verdict: 'catching-up',
      message: `the newest event is ${seconds} s old and getting younger`,
    };
  }
  return {
    verdict: 'stalled',
    message: `the newest event is ${seconds} s old and not getting younger`,
  };
}
