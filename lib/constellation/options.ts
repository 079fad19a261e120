import type { Completeness } from './coverage.js';
import type { Deployment } from './detect-deployment.js';
import type { EventListener } from './events.js';
import type { NumberRule } from './option-check.js';
import type { Policy } from './policy.js';

/** The public instance: what is asked where nothing else is said. */
export const PUBLIC_INSTANCE_URL = 'https://constellation.microcosm.blue';

/**
 * What a client can be told. All but `url` may be left out; a field that says
 * "by kind" has one default for a local index and one for a remote one (see
 * `policyFor`), and holds for both indexes where it is set.
 */
export interface ConstellationOptions {
  /** The index asked first. Default {@link PUBLIC_INSTANCE_URL}. */
  readonly url?: string | undefined;
  /** Overrules detection: true is local, false is remote. */
  readonly local?: boolean | undefined;
  /**
   * The index asked where a local one cannot answer; `off` for none. Default:
   * the public instance behind a local index, none behind a remote one.
   */
  readonly fallbackUrl?: string | undefined;
  /**
   * Since when a local index has seen everything: ISO 8601, or `complete`
   * after a backfill. Default: unknown, so that everything is treated as old.
   */
  readonly localSince?: string | undefined;
  /** Seconds an answer is fresh, 0 to 86,400. By kind: 30, 60. */
  readonly ttlSeconds?: number | undefined;
  /** Milliseconds a call takes at most, 1 to 600,000. By kind: 2,000, 5,000. */
  readonly deadlineMs?: number | undefined;
  /** Milliseconds a try takes at most, 1 to 600,000. By kind: 800, 4,000. */
  readonly tryTimeoutMs?: number | undefined;
  /** Tries after the first, 0 to 10. By kind: 1, 2. */
  readonly retries?: number | undefined;
  /** Milliseconds before the first retry, 0 to 60,000. By kind: 25, 250. */
  readonly retryDelayMs?: number | undefined;
  /** Requests to `url` under way at once, 1 to 256. By kind: 4, 8. */
  readonly concurrency?: number | undefined;
  /** Requests a second to `url`, 0.01 to 100,000; 0 for no limit. By kind: 0, 10. */
  readonly requestsPerSecond?: number | undefined;
  /** Requests that may leave for `url` at once, 1 to 10,000. Default 50. */
  readonly burst?: number | undefined;
  /** Requests a second to `fallbackUrl`, 0.01 to 100,000; 0 for no limit. Default 10. */
  readonly fallbackRequestsPerSecond?: number | undefined;
  /** Seconds past its time an answer serves while refreshed, 0 to 86,400. Default 30. */
  readonly staleWhileRefreshSeconds?: number | undefined;
  /** Seconds past its time an answer serves where all else fails, 0 to 604,800. Default 600. */
  readonly staleOnErrorSeconds?: number | undefined;
  /** Posts and profiles kept in memory, 0 to 10,000,000 each. Default 10,000. */
  readonly memoryEntries?: number | undefined;
  /** `redis://` or `rediss://`. Default: no Redis. */
  readonly redisUrl?: string | undefined;
  /** Milliseconds a Redis read may hold a call up, 1 to 1,000. Default 10. */
  readonly redisTimeoutMs?: number | undefined;
  /** Bytes of the largest answer taken, 1,024 to 1,073,741,824. Default 8 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Sent with each request. Default `constellation-local`. */
  readonly userAgent?: string | undefined;
  /**
   * Milliseconds a local index without `/health` may stand still before it
   * counts as stalled, 0 to 86,400,000; 0 never. Default 120,000.
   */
  readonly localStallAfterMs?: number | undefined;
  /** Milliseconds authors' clocks may be ahead, 0 to 86,400,000. Default 10,000. */
  readonly coverageMarginMs?: number | undefined;
  /** Receives what happens inside. */
  readonly onEvent?: EventListener | undefined;
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly main: ResolvedIndex;
  readonly fallback: ResolvedIndex | null;
  readonly completeness: Completeness;
  readonly deadlineMs: number;
  readonly staleWhileRefreshSeconds: number;
  readonly staleOnErrorSeconds: number;
  readonly memoryEntries: number;
  readonly redisUrl: string | null;
  readonly redisTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly userAgent: string;
  readonly localStallAfterMs: number;
  readonly coverageMarginMs: number;
  readonly onEvent: EventListener | undefined;
}

/** One index and how it is treated. */
export interface ResolvedIndex {
  readonly url: URL;
  readonly deployment: Deployment;
  readonly policy: Policy;
}

/** Defaults that do not depend on the kind of deployment. */
export const DEFAULT_OPTIONS = {
  url: PUBLIC_INSTANCE_URL,
  staleWhileRefreshSeconds: 30,
  staleOnErrorSeconds: 600,
  memoryEntries: 10_000,
  redisTimeoutMs: 10,
  maxBodyBytes: 8 * 1024 * 1024,
  userAgent: 'constellation-local',
  localStallAfterMs: 120_000,
  coverageMarginMs: 10_000,
} as const;

/** The range of each number; the same ones the interface states. */
export const NUMBER_RULES = {
  ttlSeconds: { least: 0, most: 86_400 },
  deadlineMs: { least: 1, most: 600_000 },
  tryTimeoutMs: { least: 1, most: 600_000 },
  retries: { least: 0, most: 10, whole: true },
  retryDelayMs: { least: 0, most: 60_000 },
  concurrency: { least: 1, most: 256, whole: true },
  requestsPerSecond: { least: 0.01, most: 100_000, orZero: true },
  burst: { least: 1, most: 10_000, whole: true },
  fallbackRequestsPerSecond: { least: 0.01, most: 100_000, orZero: true },
  staleWhileRefreshSeconds: { least: 0, most: 86_400 },
  staleOnErrorSeconds: { least: 0, most: 604_800 },
  memoryEntries: { least: 0, most: 10_000_000, whole: true },
  redisTimeoutMs: { least: 1, most: 1_000 },
  maxBodyBytes: { least: 1_024, most: 1_073_741_824, whole: true },
  localStallAfterMs: { least: 0, most: 86_400_000 },
  coverageMarginMs: { least: 0, most: 86_400_000 },
} as const satisfies Partial<Record<keyof ConstellationOptions, NumberRule>>;

/** The options that are no numbers. */
export const OTHER_OPTIONS = [
  'url',
  'local',
  'fallbackUrl',
  'localSince',
  'redisUrl',
  'userAgent',
  'onEvent',
] as const satisfies readonly (keyof ConstellationOptions)[];
