/** How fast the store grows, measured from what it was before. */

import type { GrowthSample } from '../store/state.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How far back the growth is measured, ms. */
const KEPT_MS = 7 * DAY_MS;

/**
 * Takes a sample in, one an hour at most, and drops those that are too old.
 *
 * @returns the samples to keep, or null when this one is too early
 */
export function addSample(
  samples: readonly GrowthSample[],
  sample: GrowthSample
): readonly GrowthSample[] | null {
  const last = samples.at(-1);
  // A clock that was set back begins anew.
  if (last !== undefined && last.atMs > sample.atMs) return [sample];
  if (last !== undefined && sample.atMs - last.atMs < HOUR_MS) return null;
  const oldest = sample.atMs - KEPT_MS;
  return [...samples.filter(({ atMs }) => atMs >= oldest), sample];
}

/**
 * Bytes a day since the oldest sample of the last seven days; null before an
 * hour has passed. A store that got smaller, or reused what was free, grew by 0.
 */
export function bytesPerDay(
  samples: readonly GrowthSample[],
  now: GrowthSample
): number | null {
  const first = samples.find(({ atMs }) => atMs >= now.atMs - KEPT_MS);
  if (first === undefined) return null;
  const spanMs = now.atMs - first.atMs;
  if (spanMs < HOUR_MS) return null;
  return Math.max(0, ((now.bytes - first.bytes) / spanMs) * DAY_MS);
}

/**
 * Days until only `floorBytes` are free; null when that is not known, or when
 * the store does not grow.
 */
export function daysToFull(
  freeBytes: number,
  floorBytes: number,
  perDay: number | null
): number | null {
  if (perDay === null || perDay <= 0) return null;
  return Math.max(0, freeBytes - floorBytes) / perDay;
}
