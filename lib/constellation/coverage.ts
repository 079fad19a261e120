import { parseRecordUri } from './target.js';
import { tidTimeUs } from './tid.js';

/**
 * Since when a local index has seen everything: from the beginning (after a
 * backfill), since a moment, or nobody knows.
 */
export type Completeness =
  | { readonly kind: 'complete' }
  | { readonly kind: 'since'; readonly sinceMs: number }
  | { readonly kind: 'unknown' };

/** Whether a local index can know everything there is about a target. */
export type Coverage = 'full' | 'partial';

/** What {@link coverageOf} decides from. */
export interface CoverageQuestion {
  /** What is asked about: an AT-URI, a DID or any other URI. */
  readonly target: string;
  readonly completeness: Completeness;
  /** Now, in milliseconds since 1970. */
  readonly nowMs: number;
  /** How far authors' clocks may be ahead of ours, in milliseconds. */
  readonly marginMs: number;
}

/**
 * The rule of a young index: nothing can link to a record before the record
 * exists, so an index that has seen everything since T knows everything about
 * a record made after T. A record's age is read from its key, where that is a
 * TID between T (plus a margin for clocks that run ahead) and now. All else is
 * older than it looks or has no age: accounts, pages of the web, keys that are
 * no TIDs, TIDs from the future, and records created with an old key.
 *
 * It cannot see a record that was written before T under a key of a time that
 * was then still to come and has now passed; nothing in its URI tells.
 */
export function coverageOf(question: CoverageQuestion): Coverage {
  const { target, completeness, nowMs, marginMs } = question;
  if (completeness.kind === 'complete') return 'full';
  if (completeness.kind === 'unknown') return 'partial';
  const record = parseRecordUri(target);
  const timeUs = record === null ? null : tidTimeUs(record.rkey);
  if (timeUs === null) return 'partial';
  const timeMs = timeUs / 1000;
  return timeMs > completeness.sinceMs + marginMs && timeMs <= nowMs
    ? 'full'
    : 'partial';
}

/**
 * What holds where the operator and the index itself both say something. An
 * operator's `complete` stands, because an index cannot know of a backfill;
 * otherwise the later time does, because a gap in the stream makes an index
 * younger than the day it was installed.
 *
 * @param configured from `CONSTELLATION_LOCAL_SINCE`
 * @param reported what the index's `/health` tells; undefined where it has none
 */
export function effectiveCompleteness(
  configured: Completeness,
  reported: Completeness | undefined
): Completeness {
  if (reported === undefined || configured.kind === 'complete') {
    return configured;
  }
  if (configured.kind === 'unknown' || reported.kind !== 'since') {
    return reported;
  }
  return configured.sinceMs >= reported.sinceMs ? configured : reported;
}
