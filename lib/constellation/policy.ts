import type { Deployment } from './detect-deployment.js';

/** How an index is treated; what the operator sets wins over each field. */
export interface Policy {
  /** How long an answer is fresh, in seconds. */
  readonly ttlSeconds: number;
  /** How long one call takes at most, in milliseconds. */
  readonly deadlineMs: number;
  /** How long one try takes at most, in milliseconds. */
  readonly tryTimeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Pause before the first retry, in milliseconds; doubles. */
  readonly retryDelayMs: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Requests a second in the long run; null is no limit. */
  readonly requestsPerSecond: number | null;
  /** Requests that may leave at once before the rate holds. */
  readonly burst: number;
}

/**
 * One's own index: near, and nobody else's. The real server answers on two
 * threads, so four requests keep it busy and more would only wait there.
 */
const LOCAL: Policy = {
  ttlSeconds: 30,
  deadlineMs: 2_000,
  tryTimeoutMs: 800,
  retries: 1,
  retryDelayMs: 25,
  concurrency: 4,
  requestsPerSecond: null,
  burst: 50,
};

/** Somebody else's: far, shared with others, to be asked politely. */
const REMOTE: Policy = {
  ttlSeconds: 60,
  deadlineMs: 5_000,
  tryTimeoutMs: 4_000,
  retries: 2,
  retryDelayMs: 250,
  concurrency: 8,
  requestsPerSecond: 10,
  burst: 50,
};

/** The policy for a kind of deployment. */
export function policyFor(deployment: Deployment): Policy {
  return deployment === 'local' ? LOCAL : REMOTE;
}
