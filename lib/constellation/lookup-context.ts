import type { StaleLimits } from './cache-entry.js';
import type { Clock } from './clock.js';
import type { Ending } from './ending.js';
import type { IndexPair } from './index-pair.js';
import type { Origin } from './question.js';
import type { RedisCache } from './redis-cache.js';
import type { Usage } from './usage.js';

/** What all lookups of one client share. */
export interface LookupContext {
  readonly pair: IndexPair;
  readonly clock: Clock;
  readonly redis: RedisCache | null;
  readonly usage: Usage;
  readonly stale: StaleLimits;
  /** How long a call takes where it does not say, in milliseconds. */
  readonly deadlineMs: number;
  /** How long an answer from there is fresh, in seconds. */
  readonly ttlSeconds: (origin: Origin | null) => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Ends when the client is closed. */
  readonly closing: Ending;
}
