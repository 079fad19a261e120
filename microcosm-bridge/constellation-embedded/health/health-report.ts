/** The body of `GET /health`. */

import { daysToFull } from '../writer/growth.js';
import { horizonUs } from '../writer/retention.js';
import type { IndexStatus } from './index-status.js';
import type { StatusHistory } from './status-history.js';
import { judgeFreshness, newestEventAgeMs } from './verdict.js';
import type { FreshnessThresholds, Verdict } from './verdict.js';

/** Ages in ms, cursor in µs since 1970, times ISO 8601, sizes in bytes. */
export interface HealthReport {
  readonly verdict: Verdict;
  readonly message: string;
  /** Invented data: nothing in this index is the network's. */
  readonly sample: boolean;
  readonly newest_event_age_ms: number | null;
  readonly cursor: number | null;
  readonly started_at: string | null;
  readonly complete_since: string | null;
  readonly events_per_second: number;
  readonly events_total: number;
  readonly reconnects: number;
  readonly malformed: number;
  readonly rejected: number;
  readonly connected: boolean;
  readonly endpoint: string | null;
  readonly paused: {
    readonly reason: string;
    readonly message: string;
    readonly since: string;
  } | null;
  /** What is kept: `since` moves on, and `complete_since` is never before it. */
  readonly retention: { readonly days: number; readonly since: string } | null;
  readonly disk: {
    readonly free_bytes: number;
    /** Below this indexing pauses. */
    readonly min_free_bytes: number;
    readonly bytes_per_day: number | null;
    readonly days_to_full: number | null;
  } | null;
  readonly data_path: string;
  readonly data_bytes: number | null;
  readonly free_bytes: number | null;
  readonly version: string;
}

/** What does not change while the process lives. */
export interface HealthIdentity {
  readonly sample: boolean;
  readonly dataPath: string;
  readonly version: string;
  readonly processStartedMs: number;
  readonly thresholds: FreshnessThresholds;
}

/** Over how long the speed is averaged, ms. */
const SPEED_WINDOW_MS = 10_000;

/** Puts the report together. Pure. */
export function healthReport(
  identity: HealthIdentity,
  history: StatusHistory,
  nowMs: number
): HealthReport {
  const status = history.latest;
  const { verdict, message } = judgeFreshness({
    nowMs,
    processStartedMs: identity.processStartedMs,
    history: history.entries,
    thresholds: identity.thresholds,
  });
  const age = newestEventAgeMs(status?.cursor ?? null, nowMs);
  const speed = history.eventsPerSecond(SPEED_WINDOW_MS);
  const pause = status?.pause ?? null;
  const retainDays = status?.retainDays ?? null;
  const keptSince = retainDays === null ? null : horizonUs(retainDays, nowMs);
  const completeSince =
    status?.completeSince === null || status === null
      ? null
      : Math.max(status.completeSince, keptSince ?? 0);
  return {
    verdict,
    message: identity.sample ? `SAMPLE DATA, invented: ${message}` : message,
    sample: identity.sample,
    newest_event_age_ms: age === null ? null : Math.round(age),
    cursor: status?.cursor ?? null,
    started_at: status === null ? null : isoOfMicros(status.startedAt),
    complete_since: completeSince === null ? null : isoOfMicros(completeSince),
    events_per_second: Math.round(speed * 10) / 10,
    events_total: status?.eventsTotal ?? 0,
    reconnects: status?.reconnects ?? 0,
    malformed: status?.malformed ?? 0,
    rejected: status?.rejected ?? 0,
    connected: status?.connected ?? false,
    endpoint: status?.endpoint ?? null,
    paused:
      pause === null
        ? null
        : {
            reason: pause.reason,
            message: pause.message,
            since: new Date(pause.sinceMs).toISOString(),
          },
    retention:
      retainDays === null || keptSince === null
        ? null
        : { days: retainDays, since: isoOfMicros(keptSince) },
    disk: status === null ? null : diskOf(status),
    data_path: identity.dataPath,
    data_bytes: status?.dataBytes ?? null,
    free_bytes: status?.freeBytes ?? null,
    version: identity.version,
  };
}

function diskOf(status: IndexStatus): HealthReport['disk'] {
  const { freeBytes, minFreeBytes, bytesPerDay } = status;
  const days = daysToFull(freeBytes, minFreeBytes, bytesPerDay);
  return {
    free_bytes: freeBytes,
    min_free_bytes: minFreeBytes,
    bytes_per_day: bytesPerDay === null ? null : Math.round(bytesPerDay),
    days_to_full: days === null ? null : Math.round(days * 10) / 10,
  };
}

function isoOfMicros(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
