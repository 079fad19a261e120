import { fetchJson } from './fetch-text.js';
import { parseHealthDocument, type HealthDocument } from './health-document.js';
import { HealthError } from './health-error.js';
import type { Judgement, Probe } from './probe.js';

/** What counts as fresh. */
export interface FreshnessLimits {
  /** Oldest that the newest event may be (ms, default 60,000). */
  readonly maxAgeMs?: number | undefined;
  /** Fewest events since the process started (default 1). */
  readonly minEvents?: number | undefined;
  /** Whether it may still be catching up (default true). */
  readonly acceptCatchingUp?: boolean | undefined;
  /** Sample data or not; anything else answers for the wrong index. */
  readonly sample?: boolean | undefined;
}

/** The defaults of {@link FreshnessLimits}. */
export const FRESHNESS_DEFAULTS = {
  maxAgeMs: 60_000,
  minEvents: 1,
  acceptCatchingUp: true,
} as const;

/** Whether the embedded index is indexing young events, by its `/health`. */
export function freshProbe(
  baseUrl: string,
  limits: FreshnessLimits = {}
): Probe<HealthDocument> {
  const target = `${baseUrl}/health`;
  return {
    name: 'fresh',
    target,
    read: (signal) => readHealth(baseUrl, signal),
    judge: (readings) => {
      const latest = readings.at(-1);
      return latest === undefined
        ? { state: 'wait', detail: 'it was not asked yet' }
        : judgeFresh(latest.value, limits);
    },
  };
}

/**
 * Asks for `/health`; its status (503 when stalled) says nothing more than it.
 *
 * @throws HealthError
 */
export async function readHealth(
  baseUrl: string,
  signal?: AbortSignal
): Promise<HealthDocument> {
  const target = `${baseUrl}/health`;
  const { status, value } = await fetchJson(target, { signal });
  const document = parseHealthDocument(value);
  if (document !== null) return document;
  throw new HealthError(
    `${target} answered ${status} with no health document`,
    { code: 'BAD_ANSWER', url: target }
  );
}

/** Judges one document. Pure. */
export function judgeFresh(
  health: HealthDocument,
  limits: FreshnessLimits = {}
): Judgement {
  const maxAgeMs = limits.maxAgeMs ?? FRESHNESS_DEFAULTS.maxAgeMs;
  const minEvents = limits.minEvents ?? FRESHNESS_DEFAULTS.minEvents;
  const acceptCatchingUp =
    limits.acceptCatchingUp ?? FRESHNESS_DEFAULTS.acceptCatchingUp;
  if (limits.sample !== undefined && limits.sample !== health.sample) {
    const [seen, wanted] = health.sample
      ? ['sample data', 'the network']
      : ['the network', 'sample data'];
    return {
      state: 'fail',
      detail: `it indexes ${seen}, not ${wanted}`,
    };
  }
  const said = `${health.verdict}: ${health.message}`;
  if (health.eventsTotal < minEvents) {
    return {
      state: 'wait',
      detail: `${health.eventsTotal} events so far (${said})`,
    };
  }
  switch (health.verdict) {
    case 'current': {
      const age = health.newestEventAgeMs;
      const isYoung = age !== null && age <= maxAgeMs;
      return { state: isYoung ? 'pass' : 'wait', detail: said };
    }
    case 'catching-up':
      return { state: acceptCatchingUp ? 'pass' : 'wait', detail: said };
    case 'idle':
      return { state: 'pass', detail: said };
    case 'starting':
    case 'stalled':
      return { state: 'wait', detail: said };
  }
}
