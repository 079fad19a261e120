import type { HistorySample } from './traffic-history.js';

/** How an index that is behind gets nearer. */
export interface CatchUp {
  /** How far behind it is, in milliseconds. */
  readonly behindMs: number;
  /** The share of the way done since it was furthest behind, 0 to 1. */
  readonly progress: number;
  /** How many times faster than events are made; null while that is unknown. */
  readonly speed: number | null;
  /** Milliseconds until it has caught up; null where it does not get nearer. */
  readonly leftMs: number | null;
}

/** What is too little to tell a speed from. */
const LEAST_SPAN_MS = 4_000;

/**
 * Tells from the samples and the age now how catching up goes: each second of
 * the clock makes the age a second larger and what is read makes it smaller.
 * Pure.
 */
export function catchUpOf(
  samples: readonly Pick<HistorySample, 'atMs' | 'localAgeMs'>[],
  behindMs: number
): CatchUp {
  const known = samples.flatMap(({ atMs, localAgeMs }) =>
    localAgeMs === null ? [] : [{ atMs, ageMs: localAgeMs }]
  );
  const furthestMs = Math.max(behindMs, ...known.map(({ ageMs }) => ageMs));
  const progress = furthestMs <= 0 ? 1 : 1 - behindMs / furthestMs;
  // From where it was furthest behind: before that it was not catching up.
  const from = known.findLast(({ ageMs }) => ageMs === furthestMs);
  const to = known.at(-1);
  const spanMs =
    from === undefined || to === undefined ? 0 : to.atMs - from.atMs;
  if (from === undefined || to === undefined || spanMs < LEAST_SPAN_MS) {
    return { behindMs, progress, speed: null, leftMs: null };
  }
  const gained = (from.ageMs - to.ageMs) / spanMs;
  const leftMs = gained > 0.01 ? behindMs / gained : null;
  return { behindMs, progress, speed: gained + 1, leftMs };
}
