import type { Completeness } from './coverage.js';
import { badOption } from './option-check.js';

/** A date with a time and its zone: no zone would mean another time elsewhere. */
const ISO_8601 =
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Reads what an operator says of a local index: `complete`, the moment since
 * which it has seen everything (ISO 8601 with its zone, or a date, which is
 * its midnight in UTC), or nothing.
 *
 * @throws ConstellationError `BAD_OPTION`
 */
export function parseCompleteness(
  text: string | undefined,
  name: string
): Completeness {
  if (text === undefined) return { kind: 'unknown' };
  if (text === 'complete') return { kind: 'complete' };
  const sinceMs = ISO_8601.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(sinceMs) || !isDay(text.slice(0, 10))) {
    throw badOption(
      name,
      text,
      'is neither "complete" nor a time such as 2026-05-01T12:00:00Z'
    );
  }
  return { kind: 'since', sinceMs };
}

/** `Date` takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const time = new Date(day);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}
