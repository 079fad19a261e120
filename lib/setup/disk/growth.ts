import { formatBytes } from '../../cli/index.js';
import type { HealthGrowth } from '../../health/index.js';

const DAY_MS = 86_400_000;

/** How large the data was at some time. */
export interface GrowthReading {
  /** ISO 8601. */
  readonly at: string;
  readonly dataPath: string;
  readonly sizeBytes: number;
}

/** How fast the data grows (bytes a day), and how that is known. */
export interface GrowthRate {
  readonly basis: 'measured' | 'assumed';
  readonly lowBytes: number;
  readonly highBytes: number;
  /** For people: how it is known. */
  readonly because: string;
}

/**
 * What is assumed before anything was measured. An event costs at most 520
 * bytes on disk (260 MB for 500,000: `npm run bench:index`); how many a second
 * the network makes varies over the day and the year, so this is a range.
 */
export const ASSUMED = {
  bytesPerEvent: 520,
  eventsPerSecond: { low: 200, high: 600 },
} as const;

/** More readings are not kept; the oldest one always is. */
const KEPT = 500;

/** The readings with one more, and no more than are kept. Pure. */
export function withReading(
  readings: readonly GrowthReading[],
  reading: GrowthReading
): readonly GrowthReading[] {
  const [oldest = reading, ...others] = readings;
  return readings.length === 0
    ? [reading]
    : [oldest, ...[...others, reading].slice(-KEPT)];
}

/** Shorter times say nothing about a day. */
const LEAST_MEASURED_MS = DAY_MS / 4;

/**
 * How fast a data folder grows: as its running index says, else measured
 * between its oldest and its newest reading, else assumed. Pure.
 *
 * @param told by the index (bytes a day); null: nothing
 */
export function growthRate(
  readings: readonly GrowthReading[],
  dataPath: string,
  told: number | null = null
): GrowthRate {
  if (told !== null) {
    return {
      basis: 'measured',
      lowBytes: told,
      highBytes: told,
      because: `measured by the index: ${formatBytes(told)} a day`,
    };
  }
  const own = readings.filter((reading) => reading.dataPath === dataPath);
  const [first, last] = [own[0], own.at(-1)];
  const spanMs =
    first === undefined || last === undefined
      ? 0
      : Date.parse(last.at) - Date.parse(first.at);
  if (first === undefined || last === undefined || spanMs < LEAST_MEASURED_MS) {
    const { bytesPerEvent, eventsPerSecond } = ASSUMED;
    const { low, high } = eventsPerSecond;
    return {
      basis: 'assumed',
      lowBytes: low * bytesPerEvent * 86_400,
      highBytes: high * bytesPerEvent * 86_400,
      because: `assumed: ${low} to ${high} events a second of ${bytesPerEvent} bytes, nothing is measured yet`,
    };
  }
  const perDay = ((last.sizeBytes - first.sizeBytes) / spanMs) * DAY_MS;
  const days = Math.round((spanMs / DAY_MS) * 10) / 10;
  return {
    basis: 'measured',
    lowBytes: perDay,
    highBytes: perDay,
    because: `measured over ${days} days: ${formatBytes(perDay)} a day`,
  };
}

/** Days until a disk is full, from the fastest growth to the slowest. Pure. */
export function daysToFull(
  freeBytes: number,
  { lowBytes, highBytes }: GrowthRate
): { readonly soonest: number; readonly latest: number } {
  const days = (perDay: number): number =>
    perDay <= 0 ? Number.POSITIVE_INFINITY : freeBytes / perDay;
  return { soonest: days(highBytes), latest: days(lowBytes) };
}

/** `3 to 9 days`, `about 400 days`, `never`. No more digits than are known. */
export function daysText({
  soonest,
  latest,
}: {
  readonly soonest: number;
  readonly latest: number;
}): string {
  if (!Number.isFinite(soonest)) return 'never';
  const [from, to] = [rounded(soonest), rounded(latest)];
  if (latest < 1) return 'less than a day';
  if (from === to) return from === '1' ? 'about 1 day' : `about ${from} days`;
  return `${from} to ${to} days`;
}

function rounded(days: number): string {
  if (!Number.isFinite(days)) return 'many';
  if (days < 1) return 'less than 1';
  const step = days < 20 ? 1 : days < 200 ? 10 : 100;
  return String(Math.round(days / step) * step);
}

/**
 * What the history of the size says of days to full. Pure.
 *
 * @returns null where nothing is measured, or the free space is not known
 */
export function measuredGrowth(
  { freeBytes }: { readonly freeBytes: number | null },
  rate: GrowthRate
): HealthGrowth | null {
  if (rate.basis !== 'measured' || freeBytes === null) return null;
  const { soonest } = daysToFull(freeBytes, rate);
  return {
    bytesPerDay: Math.round(rate.highBytes),
    daysToFull: Number.isFinite(soonest) ? Math.round(soonest * 10) / 10 : null,
  };
}
