import type { Completeness } from './coverage.js';
import type { LocalDisk, LocalVerdict } from './local-standing.js';
import type { LookupStats } from './lookup.js';
import type { RedisStats } from './redis-usage.js';
import type { SourceStats } from './source-usage.js';
import type { UsageStats } from './usage.js';

/** Everything a client counts, since it was made. */
export interface ClientStats extends UsageStats {
  /** How often the fallback stood in for the main index. */
  readonly fallbacks: number;
  readonly posts: LookupStats;
  readonly profiles: LookupStats;
  /** Null without Redis. */
  readonly redis: RedisStats | null;
  readonly main: SourceStats;
  /** Null without a fallback. */
  readonly fallback: SourceStats | null;
  /** Null for a remote main index, which is taken to know everything. */
  readonly local: LocalStats | null;
}

/** What is known of a local main index. */
export interface LocalStats {
  readonly verdict: LocalVerdict;
  /** Since when it knows everything, as things stand. */
  readonly completeness: Completeness;
  /** Age of its newest event in milliseconds; null where it does not tell. */
  readonly newestEventAgeMs: number | null;
  /** Its disk, as it says itself; null where it does not tell. */
  readonly disk: LocalDisk | null;
  /** Milliseconds since it was last looked at; null if it never was. */
  readonly seenMsAgo: number | null;
}
