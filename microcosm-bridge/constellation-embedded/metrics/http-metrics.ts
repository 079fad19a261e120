import { Histogram, Registry } from 'prom-client';
import type { MetricsJson } from '../threads/messages.js';

/** Seconds by route and status, of one HTTP thread. */
export class HttpMetrics {
  readonly #registry = new Registry();
  readonly #seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['route', 'status'] as const,
    buckets: [
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1,
    ],
    registers: [this.#registry],
  });

  /** Counts an answer. `route` is one of ours, so that clients make no labels. */
  observe(route: string, status: number, seconds: number): void {
    this.#seconds.observe({ route, status: String(status) }, seconds);
  }

  /** For the thread that puts all threads' metrics together. */
  async json(): Promise<MetricsJson> {
    return await this.#registry.getMetricsAsJSON();
  }
}
