/** What the checks measure against. */
export interface CheckLimits {
  /** Oldest that the newest event of a current index may be (ms). */
  readonly maxAgeMs: number;
  /** How long one question to the index may take (ms). */
  readonly requestTimeoutMs: number;
  /** Slowest that 99 of 100 questions may be answered (ms). */
  readonly maxLatencyMs: number;
  /** Questions that are measured. */
  readonly requests: number;
  /** Connections they go over. */
  readonly connections: number;
  /** Least free space on the disk of the data (bytes). */
  readonly minFreeBytes: number;
  /** How long Redis may take in all (ms). */
  readonly redisTimeoutMs: number;
  /** Between two readings of what should move (ms). */
  readonly apartMs: number;
  /** How long movement is waited for where there must be some (ms). */
  readonly movementMs: number;
  /** How long a bridge's next try of its index is waited for (ms). */
  readonly trialMs: number;
}

const MIB = 1024 * 1024;

/**
 * - `maxAgeMs`: what the index itself calls current (`--stale-after`).
 * - `maxLatencyMs`: far above what an idle machine needs (p99 1.7 to 3.4 ms; 50
 *   on two cores shared by eight busy processes), and where a page of 50 posts
 *   asked over four connections would take three seconds.
 * - `minFreeBytes`: four times where the index stops indexing
 *   (`--min-free-mib`, 128).
 */
export const CHECK_LIMITS: CheckLimits = {
  maxAgeMs: 60_000,
  requestTimeoutMs: 5000,
  maxLatencyMs: 250,
  requests: 300,
  connections: 4,
  minFreeBytes: 512 * MIB,
  redisTimeoutMs: 3000,
  apartMs: 1000,
  movementMs: 6000,
  trialMs: 20_000,
};
