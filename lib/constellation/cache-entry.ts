import type { Origin } from './question.js';

/** A value as it is kept. */
export interface CacheEntry<T> {
  readonly value: T;
  /** Null where another program wrote it and did not say. */
  readonly origin: Origin | null;
  readonly partial: boolean;
  /** Monotonic milliseconds at which the index said it. */
  readonly fetchedAtMs: number;
  /** Whether `fetchedAtMs` is known, or only when it was found. */
  readonly ageKnown: boolean;
  /** How long it is fresh, in milliseconds from `fetchedAtMs`. */
  readonly freshMs: number;
}

/** What an entry is good for: to be served, only until refreshed, or only in need. */
export type Freshness = 'fresh' | 'refresh' | 'in-need' | 'useless';

/** How long entries serve past their time. */
export interface StaleLimits {
  /** Milliseconds past freshness in which one is served while it is refreshed. */
  readonly whileRefreshingMs: number;
  /** Milliseconds past freshness in which one is served where all else fails. */
  readonly inNeedMs: number;
}

/** Judges an entry by its age; pure. */
export function freshnessOf<T>(
  entry: CacheEntry<T>,
  nowMs: number,
  limits: StaleLimits
): Freshness {
  const pastMs = nowMs - entry.fetchedAtMs - entry.freshMs;
  if (pastMs < 0) return 'fresh';
  // A partial number is no better than asking again.
  if (entry.partial) return 'useless';
  if (pastMs < limits.whileRefreshingMs) return 'refresh';
  return pastMs < limits.inNeedMs ? 'in-need' : 'useless';
}

/** An entry's age in milliseconds, or null where it is not known. */
export function ageOf<T>(entry: CacheEntry<T>, nowMs: number): number | null {
  return entry.ageKnown ? nowMs - entry.fetchedAtMs : null;
}
