/** Upper bounds of the buckets, in milliseconds; the last is open. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100,
  150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000,
  30_000,
];

/** What a {@link LatencyHistogram} has seen; durations in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly sumMs: number;
  /** Null while nothing was recorded; else exact to the bucket's bounds. */
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** Counts by bucket of {@link LATENCY_BOUNDS_MS}, one more at the end. */
  readonly buckets: readonly number[];
}

/** Durations in fixed buckets: constant memory, quantiles good to a bucket. */
export class LatencyHistogram {
  readonly #buckets = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  record(durationMs: number): void {
    const index = bucketOf(durationMs);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += durationMs;
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  summary(): LatencySummary {
    return {
      count: this.#count,
      sumMs: this.#sumMs,
      p50Ms: this.#quantile(0.5),
      p90Ms: this.#quantile(0.9),
      p99Ms: this.#quantile(0.99),
      maxMs: this.#count === 0 ? null : this.#maxMs,
      buckets: [...this.#buckets],
    };
  }

  /** The upper bound of the bucket the quantile falls in, at most the maximum. */
  #quantile(share: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.ceil(this.#count * share);
    let seen = 0;
    for (const [index, count] of this.#buckets.entries()) {
      seen += count;
      if (seen >= rank) {
        return Math.min(LATENCY_BOUNDS_MS[index] ?? Infinity, this.#maxMs);
      }
    }
    return this.#maxMs;
  }
}

/** Binary search for the first bound that is not below the duration. */
function bucketOf(durationMs: number): number {
  let low = 0;
  let high = LATENCY_BOUNDS_MS.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((LATENCY_BOUNDS_MS[middle] ?? Infinity) < durationMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
