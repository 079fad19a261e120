/** Answers that no index was asked for. */
export function cacheHits({ answers }: ClientStats): number {
  return answers.memory + answers.redis + answers.stale;
}

/** What the service itself counts. */
export interface ServiceCounts {
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  /** Questions under way, and sent away because too many were. */
  readonly active: number;
  readonly refused: number;
}

/**
 * `GET /stats`. The first five are named as the AppView's own `getStats()`
 * names them, the rest is everything the client counts.
 */
export function statsReport(
  service: ServiceCounts,
  client: ClientStats
): object {
  const hits = cacheHits(client);
  const share = client.asked === 0 ? 0 : hits / client.asked;
  return {
    statsRequested: client.asked,
    cacheHits: hits,
    cacheMisses: client.asked - hits,
    apiErrors: client.main.errors + (client.fallback?.errors ?? 0),
    hitRate: `${(share * 100).toFixed(2)}%`,
    service,
    client,
  };
}
import type { ClientStats } from '../../../lib/constellation/index.js';
