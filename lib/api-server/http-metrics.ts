import { Histogram, Registry } from 'prom-client';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';

/** Metrics of one registry, as prom-client's `getMetricsAsJSON` gives them. */
export type MetricsJson = MetricObjectWithValues<MetricValue<string>>[];

/** Upper bounds, seconds: from what memory answers to what a deadline ends. */
const BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1,
];

/** Seconds by route and status, of one HTTP server. */
export class HttpMetrics {
  readonly #registry: Registry;
  readonly #seconds: Histogram<'route' | 'status'>;

  /** @param slower - more buckets above one second */
  constructor(
    registry: Registry = new Registry(),
    slower: readonly number[] = []
  ) {
    this.#registry = registry;
    this.#seconds = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from a request to its answer',
      labelNames: ['route', 'status'] as const,
      buckets: [...BUCKETS, ...slower],
      registers: [registry],
    });
  }

  /** Counts an answer. `route` is one of ours, so that clients make no labels. */
  observe(route: string, status: number, seconds: number): void {
    this.#seconds.observe({ route, status: String(status) }, seconds);
  }

  /** Names of all of its registry. */
  get names(): readonly string[] {
    return this.#registry.getMetricsAsArray().map(({ name }) => name);
  }

  /** For the thread that puts all threads' metrics together. */
  async json(): Promise<MetricsJson> {
    return await this.#registry.getMetricsAsJSON();
  }
}
