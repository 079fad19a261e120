import { LatencyHistogram, type LatencySummary } from './latency-histogram.js';

/** How Redis did as a cache. */
export interface RedisStats {
  /** Whether it is asked at all right now. */
  readonly available: boolean;
  readonly hits: number;
  readonly misses: number;
  /** Values that could not be used: not the JSON of stats. */
  readonly garbage: number;
  /** Reads that failed, and that took too long. */
  readonly errors: number;
  readonly timeouts: number;
  /** Reads left out because Redis was away. */
  readonly skipped: number;
  readonly writes: number;
  readonly writeErrors: number;
  /** Writes left out because Redis was away or behind. */
  readonly writesDropped: number;
  /** Pipelines the writes went in. */
  readonly pipelines: number;
  /** Of the reads that were answered. */
  readonly latency: LatencySummary;
}

/** Counts what happens with Redis. */
export class RedisUsage {
  readonly latency = new LatencyHistogram();
  hits = 0;
  misses = 0;
  garbage = 0;
  errors = 0;
  timeouts = 0;
  skipped = 0;
  writes = 0;
  writeErrors = 0;
  writesDropped = 0;
  pipelines = 0;

  count(result: 'hit' | 'miss' | 'garbage'): void {
    if (result === 'hit') this.hits += 1;
    else if (result === 'miss') this.misses += 1;
    else this.garbage += 1;
  }

  summary(available: boolean): RedisStats {
    return {
      available,
      hits: this.hits,
      misses: this.misses,
      garbage: this.garbage,
      errors: this.errors,
      timeouts: this.timeouts,
      skipped: this.skipped,
      writes: this.writes,
      writeErrors: this.writeErrors,
      writesDropped: this.writesDropped,
      pipelines: this.pipelines,
      latency: this.latency.summary(),
    };
  }
}
