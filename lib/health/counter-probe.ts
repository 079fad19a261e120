import { fetchText } from './fetch-text.js';
import type { Judgement, Probe, Reading } from './probe.js';

/** What the real server's metrics say about its stream. */
export interface StreamCounters {
  /** Events read from the stream; null before the first one. */
  readonly read: number | null;
  /** Age of the newest one (ms); freezes when the stream stops. */
  readonly ageMs: number | null;
}

/** When two readings can be compared. */
export interface CounterLimits {
  /** Least time between the two (ms, default 1,000). */
  readonly apartMs?: number | undefined;
  /** Oldest the newest event may be, unless it gets younger (ms, default 60,000). */
  readonly maxAgeMs?: number | undefined;
}

/**
 * Whether the real server, which has no `/health`, is indexing: its gauges
 * freeze at a good value when the stream stops, so two readings of what counts
 * up are compared.
 *
 * @param metricsUrl such as `http://127.0.0.1:8765/metrics`
 */
export function counterProbe(
  metricsUrl: string,
  limits: CounterLimits = {}
): Probe<StreamCounters> {
  return {
    name: 'fresh',
    target: metricsUrl,
    read: async (signal) =>
      streamCounters((await fetchText(metricsUrl, { signal })).text),
    judge: (readings) => judgeCounters(readings, limits),
  };
}

/** Judges readings of the counters. Pure. */
export function judgeCounters(
  readings: readonly Reading<StreamCounters>[],
  limits: CounterLimits = {}
): Judgement {
  const { apartMs = 1000, maxAgeMs = 60_000 } = limits;
  const last = readings.at(-1);
  if (last === undefined || last.value.read === null) {
    return { state: 'wait', detail: 'it has not read an event yet' };
  }
  const first = readings.findLast(
    ({ atMs, value }) => last.atMs - atMs >= apartMs && value.read !== null
  );
  if (first === undefined || first.value.read === null) {
    return { state: 'wait', detail: 'one reading is no movement' };
  }
  const read = last.value.read - first.value.read;
  const seconds = Math.round((last.atMs - first.atMs) / 1000);
  if (read <= 0) {
    return { state: 'wait', detail: `nothing was read for ${seconds} s` };
  }
  const moved = `${read} events in ${seconds} s`;
  const [before, now] = [first.value.ageMs, last.value.ageMs];
  if (now === null || now <= maxAgeMs) return { state: 'pass', detail: moved };
  return before !== null && now < before
    ? { state: 'pass', detail: `${moved}, catching up` }
    : {
        state: 'wait',
        detail: `${moved}, but the newest is ${Math.round(now / 1000)} s old`,
      };
}

/**
 * Finds the counters in the real server's metrics. By a race at its start the
 * same metric has a unit behind its name in one run and none in another (facts
 * page, "Metrics"). Pure.
 */
export function streamCounters(text: string): StreamCounters {
  const ageUs =
    sum(text, 'jetstream_cursor_age') ??
    sum(text, 'jetstream_cursor_age_microseconds');
  return {
    read:
      sum(text, 'jetstream_read') ?? sum(text, 'consumer_events_actionable'),
    ageMs: ageUs === null ? null : ageUs / 1000,
  };
}

const SUFFIX = '(?:_(?:total|count|events|microseconds|seconds|bytes))*';

function sum(text: string, name: string): number | null {
  const line = new RegExp(`^${name}${SUFFIX}(?:\\{[^}]*\\})? +(\\S+)`, 'gm');
  let total: number | null = null;
  for (const match of text.matchAll(line)) {
    const value = Number(match[1]);
    if (Number.isFinite(value)) total = (total ?? 0) + value;
  }
  return total;
}
