/** `GET /metrics`: what the client counts, read when somebody asks. */

import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
} from 'prom-client';
import { HttpMetrics } from '../../../lib/api-server/index.js';
import type {
  ClientStats,
  ConstellationEvent,
} from '../../../lib/constellation/index.js';
import { METRICS, type MetricRow } from './metric-rows.js';

/** Seconds above one that an answer of an index may take. */
const SLOW = [2.5, 5, 10];

/** The registry of one bridge. */
export class BridgeMetrics {
  readonly http: HttpMetrics;
  readonly #registry = new Registry();
  readonly #upstream: Histogram<'index' | 'endpoint' | 'code'>;

  /** @param stats - read at each scrape */
  constructor(stats: () => ClientStats) {
    const registers = [this.#registry];
    this.http = new HttpMetrics(this.#registry, SLOW);
    this.#upstream = new Histogram({
      name: 'bridge_upstream_request_seconds',
      help: 'Time of each request to an index, by how it ended',
      labelNames: ['index', 'endpoint', 'code'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, ...SLOW],
      registers,
    });
    for (const row of METRICS) register(row, this.#registry, stats);
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Counts what the client tells of. */
  observe(event: ConstellationEvent): void {
    if (event.type !== 'request') return;
    const { role, endpoint, code, durationMs } = event;
    this.#upstream.observe(
      { index: role, endpoint, code: code ?? 'OK' },
      durationMs / 1000
    );
  }

  /** The text, and its content type. */
  async text(): Promise<{ readonly type: string; readonly text: string }> {
    return {
      type: this.#registry.contentType,
      text: await this.#registry.metrics(),
    };
  }
}

function register(
  { name, help, kind, label, read }: MetricRow,
  registry: Registry,
  stats: () => ClientStats
): void {
  const labelNames = label === undefined ? [] : [label];
  const options = { name, help, labelNames, registers: [registry] };
  const values = (): readonly (readonly [Record<string, string>, number])[] =>
    Object.entries(read(stats())).map(([value, number]) => [
      label === undefined ? {} : { [label]: value },
      number,
    ]);
  if (kind === 'counter') {
    new Counter({
      ...options,
      collect() {
        this.reset();
        for (const [labels, value] of values()) this.inc(labels, value);
      },
    });
    return;
  }
  new Gauge({
    ...options,
    collect() {
      this.reset();
      for (const [labels, value] of values()) this.set(labels, value);
    },
  });
}
