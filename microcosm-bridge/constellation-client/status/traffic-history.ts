import type {
  CancelTimer,
  ClientStats,
  Clock,
  ConstellationEvent,
  SourceRole,
} from '../../../lib/constellation/index.js';
import { LatencyHistogram } from '../../../lib/constellation/latency-histogram.js';
import { cacheHits } from '../report/stats-report.js';

/** A few seconds of traffic in one direction. */
export interface TrafficSample {
  readonly perSecond: number;
  /** Of those that were answered; null where none was. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** What a few seconds were like. */
export interface HistorySample {
  /** When they ended, monotonic milliseconds. */
  readonly atMs: number;
  readonly service: TrafficSample;
  readonly main: TrafficSample;
  readonly fallback: TrafficSample;
  /** Share of the questions that no index was asked for; null without any. */
  readonly hitShare: number | null;
  /** Questions that could have had an answer and got none. */
  readonly unanswered: number;
  /** Age of the local index's newest event, where it is known. */
  readonly localAgeMs: number | null;
}

/** Ten minutes at most, oldest first. */
export interface TrafficView {
  readonly intervalMs: number;
  readonly samples: readonly HistorySample[];
}

const INTERVAL_MS = 5_000;
const MOST_SAMPLES = 120;

/** The last ten minutes of traffic, in constant memory; asks nobody. */
export class TrafficHistory {
  readonly #clock: Clock;
  readonly #stats: () => ClientStats;
  readonly #samples: HistorySample[] = [];
  #tallies = freshTallies();
  #sinceMs: number;
  #before: ClientStats;
  #cancel: CancelTimer | null = null;

  constructor(clock: Clock, stats: () => ClientStats) {
    this.#clock = clock;
    this.#stats = stats;
    this.#sinceMs = clock.monotonicMs();
    this.#before = stats();
  }

  /** Begins to take samples; does not keep the process alive. */
  start(): void {
    this.#cancel = this.#clock.afterIdle(INTERVAL_MS, () => {
      this.#sample();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Counts an answer of the service. */
  answered(status: number, durationMs: number): void {
    this.#tallies.service.add(durationMs, status < 500);
  }

  /** Counts a request to an index. */
  observe(event: ConstellationEvent): void {
    if (event.type !== 'request') return;
    this.#tallies[event.role].add(event.durationMs, event.code === null);
  }

  view(): TrafficView {
    return { intervalMs: INTERVAL_MS, samples: [...this.#samples] };
  }

  #sample(): void {
    const atMs = this.#clock.monotonicMs();
    const seconds = Math.max(0.001, (atMs - this.#sinceMs) / 1000);
    const stats = this.#stats();
    const asked = stats.asked - this.#before.asked;
    const hits = cacheHits(stats) - cacheHits(this.#before);
    const { service, main, fallback } = this.#tallies;
    this.#samples.push({
      atMs,
      service: service.sample(seconds),
      main: main.sample(seconds),
      fallback: fallback.sample(seconds),
      hitShare: asked === 0 ? null : hits / asked,
      unanswered: unansweredOf(stats) - unansweredOf(this.#before),
      localAgeMs: stats.local?.newestEventAgeMs ?? null,
    });
    if (this.#samples.length > MOST_SAMPLES) this.#samples.shift();
    this.#tallies = freshTallies();
    this.#sinceMs = atMs;
    this.#before = stats;
  }
}

class Tally {
  readonly #latency = new LatencyHistogram();
  #count = 0;

  add(durationMs: number, answered: boolean): void {
    this.#count += 1;
    if (answered) this.#latency.record(durationMs);
  }

  sample(seconds: number): TrafficSample {
    const { p50Ms, p99Ms } = this.#latency.summary();
    return { perSecond: this.#count / seconds, p50Ms, p99Ms };
  }
}

/** What nobody could answer is no failure of the bridge. */
const ASKED_WRONGLY: ReadonlySet<string> = new Set(['BAD_TARGET', 'REJECTED']);

function unansweredOf({ failures }: ClientStats): number {
  return Object.entries(failures)
    .filter(([code]) => !ASKED_WRONGLY.has(code))
    .reduce((sum, [, times]) => sum + times, 0);
}

function freshTallies(): Readonly<Record<SourceRole | 'service', Tally>> {
  return { service: new Tally(), main: new Tally(), fallback: new Tally() };
}
