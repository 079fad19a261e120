/** Metrics of the writer's thread. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { JetstreamEvent } from '../event.js';
import type { IndexStatus } from '../health/index-status.js';
import { newestEventAgeMs } from '../health/verdict.js';
import type { BatchResult } from '../store/index-writer.js';
import type { MetricsJson } from '../../../lib/api-server/index.js';
import { daysToFull } from '../writer/growth.js';
import { EventTally } from './event-tally.js';

/** What the stream counted since the process started. */
export interface StreamCounts {
  readonly frames: number;
  readonly bytes: number;
  readonly oversized: number;
}

/** Where the numbers are read when somebody asks. */
export interface IndexMetricsSources {
  readonly status: () => IndexStatus;
  readonly stream: () => StreamCounts;
  /** Links dropped as too old. */
  readonly dropped: () => number;
}

/** Counts batches, and reads the rest when asked. */
export class IndexMetrics {
  readonly #registry = new Registry();
  readonly #tally = new EventTally();
  readonly #events: Counter<'kind' | 'operation' | 'collection'>;
  readonly #links: Counter<'change'>;
  readonly #replayed: Counter;
  readonly #actionable: Counter;
  readonly #commit: Histogram;
  readonly #batchEvents: Histogram;

  constructor(sources: IndexMetricsSources) {
    const registers = [this.#registry];
    this.#events = new Counter({
      name: 'jetstream_events_total',
      help: 'Events taken in, by kind, operation and collection',
      labelNames: ['kind', 'operation', 'collection'],
      registers,
    });
    this.#links = new Counter({
      name: 'index_links_total',
      help: 'Links added and removed',
      labelNames: ['change'],
      registers,
    });
    this.#replayed = new Counter({
      name: 'index_replayed_events_total',
      help: 'Events that the index had seen before',
      registers,
    });
    this.#actionable = new Counter({
      name: 'consumer_events_actionable',
      help: 'Events committed, under the name that the real server uses',
      registers,
    });
    this.#commit = new Histogram({
      name: 'index_batch_commit_seconds',
      help: 'Time to apply and sync one batch',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.#batchEvents = new Histogram({
      name: 'index_batch_events',
      help: 'Events in one batch',
      buckets: [1, 10, 100, 1000, 5000, 10_000, 20_000],
      registers,
    });
    readWhenAsked(this.#registry, sources);
  }

  /** Counts a committed batch. */
  observeBatch(
    events: readonly JetstreamEvent[],
    result: BatchResult,
    seconds: number
  ): void {
    for (const { labels, count } of this.#tally.count(events)) {
      this.#events.inc(labels, count);
    }
    this.#links.inc({ change: 'added' }, result.added);
    this.#links.inc({ change: 'removed' }, result.removed);
    this.#replayed.inc(result.replayed);
    this.#actionable.inc(events.length);
    this.#commit.observe(seconds);
    this.#batchEvents.observe(events.length);
  }

  /** Names of all of them. */
  get names(): readonly string[] {
    return this.#registry.getMetricsAsArray().map(({ name }) => name);
  }

  /** For the thread that puts all threads' metrics together. */
  async json(): Promise<MetricsJson> {
    return await this.#registry.getMetricsAsJSON();
  }
}

/** Counters and gauges that somebody else keeps. */
function readWhenAsked(
  registry: Registry,
  { status, stream, dropped }: IndexMetricsSources
): void {
  const counter = (name: string, help: string, read: () => number): void => {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };
  const gauge = (
    name: string,
    help: string,
    read: (status: IndexStatus) => number | null
  ): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = read(status());
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  };
  counter(
    'jetstream_read',
    'Frames read, under the name that the real server uses',
    () => stream().frames
  );
  counter('jetstream_bytes_total', 'Bytes read', () => stream().bytes);
  counter(
    'jetstream_oversized_total',
    'Frames over the size limit',
    () => stream().oversized
  );
  counter(
    'jetstream_reconnects_total',
    'Connections after the first',
    () => status().reconnects
  );
  counter(
    'jetstream_malformed_total',
    'Events ignored as malformed',
    () => status().malformed
  );
  counter(
    'index_rejected_events_total',
    'Events that the store refused',
    () => status().rejected
  );
  counter(
    'index_expired_links_total',
    'Links dropped by --retain-days',
    dropped
  );
  gauge(
    'jetstream_cursor_age_microseconds',
    'Age of the newest committed event at the time of asking; grows while the stream stands still',
    ({ cursor }) => {
      const age = newestEventAgeMs(cursor, Date.now());
      return age === null ? null : Math.round(age * 1000);
    }
  );
  gauge('jetstream_connected', '1 while connected', ({ connected }) =>
    Number(connected)
  );
  gauge('index_paused', '1 while the disk is full', ({ pause }) =>
    Number(pause !== null)
  );
  gauge('index_data_bytes', 'Size of the store on disk', (s) => s.dataBytes);
  gauge('index_free_bytes', 'Free space of its disk', (s) => s.freeBytes);
  gauge(
    'index_min_free_bytes',
    'Free space below which indexing pauses',
    (s) => s.minFreeBytes
  );
  gauge(
    'index_growth_bytes_per_day',
    'Growth of the store, measured over up to seven days',
    (s) => s.bytesPerDay
  );
  gauge(
    'index_days_to_full',
    'Days until only the floor is free; absent while that cannot be told',
    (s) => daysToFull(s.freeBytes, s.minFreeBytes, s.bytesPerDay)
  );
}
