import type { BreakerState } from './circuit-breaker.js';
import type { Deployment } from './detect-deployment.js';
import type { ConstellationErrorCode } from './errors.js';
import type { SourceRole } from './events.js';
import { LatencyHistogram, type LatencySummary } from './latency-histogram.js';

/** What one index was asked and how it did. */
export interface SourceStats extends SourceUsageSummary {
  readonly role: SourceRole;
  readonly deployment: Deployment;
  /** Without credentials or query. */
  readonly url: string;
  readonly breaker: BreakerState;
  /** How often the breaker has opened. */
  readonly breakerOpens: number;
  /** Milliseconds until an open breaker lets a trial through. */
  readonly breakerRetryInMs: number;
  /** Requests under way, and waiting to be. */
  readonly active: number;
  readonly waiting: number;
  /** Milliseconds the index still wants to be left alone. */
  readonly pausedMs: number;
}

/** The counted part of {@link SourceStats}. */
export interface SourceUsageSummary {
  readonly requests: number;
  readonly errors: number;
  readonly errorsByCode: Readonly<
    Partial<Record<ConstellationErrorCode, number>>
  >;
  /** Of the requests that were answered. */
  readonly latency: LatencySummary;
}

/** Counts the requests to one index. */
export class SourceUsage {
  readonly #latency = new LatencyHistogram();
  readonly #errors = new Map<ConstellationErrorCode, number>();
  #requests = 0;

  /** @param code why it failed, or null where it was answered */
  record(durationMs: number, code: ConstellationErrorCode | null): void {
    this.#requests += 1;
    if (code === null) this.#latency.record(durationMs);
    else this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
  }

  summary(): SourceUsageSummary {
    let errors = 0;
    for (const count of this.#errors.values()) errors += count;
    return {
      requests: this.#requests,
      errors,
      errorsByCode: Object.fromEntries(this.#errors),
      latency: this.#latency.summary(),
    };
  }
}
