/** Whether what is said of an index's completeness is still true. Pure. */

import { formatDuration } from '../../cli/index.js';
import type { CheckOutcome } from '../check.js';
import type { Gap } from './movement.js';

/**
 * How long a Jetstream surely keeps events (ms): the public ones keep one to
 * three days, and resume silently at the oldest that is left.
 */
const KEPT_MS = 24 * 3600 * 1000;
/** The index and setup note the same moment a little apart (ms). */
const APART_MS = 60_000;

/** What is known. */
export interface SinceFacts {
  /** What setup has noted; null: nothing. */
  readonly noted: Date | null;
  /** What the index itself says; null: it does not (the real server). */
  readonly told: Date | null;
  /** When its container ended last, and began; ISO 8601. */
  readonly finishedAt: string;
  readonly startedAt: string;
  /** Times in which nothing was taken in, whether it ran or not. */
  readonly gaps: readonly Gap[];
}

/**
 * Judges `CONSTELLATION_LOCAL_SINCE`: counts since then are wrong where an
 * outage was longer than the stream keeps events.
 *
 * @returns null where nothing is known against it
 */
export function judgeSince({
  noted,
  told,
  finishedAt,
  startedAt,
  gaps,
}: SinceFacts): CheckOutcome | null {
  if (noted === null) return null;
  if (told !== null) {
    const isLater = told.getTime() - noted.getTime() > APART_MS;
    return isLater
      ? untrue(noted, told, `the index says ${told.toISOString()} itself`)
      : null;
  }
  const [ended, began] = [Date.parse(finishedAt), Date.parse(startedAt)];
  // The engine says the year 1 of a container that never ended.
  const wasAway = ended > 0 && began > ended;
  const outages = [
    ...gaps.map((gap) => ({ ...gap, what: 'nothing was taken in' })),
    ...(wasAway
      ? [
          {
            ...{ from: new Date(ended), to: new Date(began) },
            what: 'its container was away',
          },
        ]
      : []),
  ];
  const last = outages
    .filter(
      ({ from, to }) =>
        to.getTime() > noted.getTime() && lastedMs(from, to) > KEPT_MS
    )
    .sort((a, b) => a.to.getTime() - b.to.getTime())
    .at(-1);
  if (last === undefined) return null;
  const { from, to, what } = last;
  return untrue(
    noted,
    to,
    `${what} for ${formatDuration(lastedMs(from, to))}, until ${to.toISOString()}`
  );
}

function lastedMs(from: Date, to: Date): number {
  return to.getTime() - from.getTime();
}

function untrue(noted: Date, next: Date, why: string): CheckOutcome {
  const since = next.toISOString();
  return {
    status: 'fail',
    message:
      'CONSTELLATION_LOCAL_SINCE is not true any more: events were missed',
    seen: `complete since ${noted.toISOString()} as setup noted it, but ${why}`,
    expected: `a time after the last outage that was longer than the stream keeps events (${formatDuration(KEPT_MS)} are sure)`,
    suggestion: `npx zx scripts/setup.ts --yes --since ${since}`,
    facts: { notedSince: noted.toISOString(), since },
    usable: true,
  };
}
