/** What the embedded index says of itself at `/health`. */

/** How fresh it is, in a word; `lib/health` judges by it. */
export type HealthVerdict =
  'current' | 'catching-up' | 'stalled' | 'idle' | 'starting';

/** Indexing is paused, the API goes on. */
export interface HealthPause {
  readonly reason: string;
  readonly message: string;
  /** ISO 8601. */
  readonly since: string;
}

/** How fast the data grows, as the index measured it. */
export interface HealthGrowth {
  readonly bytesPerDay: number;
  /** Null: it does not grow. */
  readonly daysToFull: number | null;
}

/** The fields of `/health` that anybody here uses. */
export interface HealthDocument {
  readonly verdict: HealthVerdict;
  readonly message: string;
  /** Invented events. */
  readonly sample: boolean;
  /** Null before the first event. */
  readonly newestEventAgeMs: number | null;
  /** Microseconds since 1970; null before the first event. */
  readonly cursorUs: number | null;
  /** When this data folder began, ISO 8601. */
  readonly startedAt: string | null;
  /** Since when nothing is missing, ISO 8601; null before the first event. */
  readonly completeSince: string | null;
  readonly eventsPerSecond: number;
  readonly eventsTotal: number;
  readonly reconnects: number;
  readonly malformed: number;
  readonly connected: boolean;
  /** The Jetstream it is on. */
  readonly endpoint: string | null;
  readonly paused: HealthPause | null;
  readonly dataPath: string;
  readonly dataBytes: number | null;
  readonly freeBytes: number | null;
  /** With less free it pauses. */
  readonly minFreeBytes: number | null;
  /** How fast its data grew over the last week; null before that is known. */
  readonly growth: HealthGrowth | null;
  readonly version: string;
}

const VERDICTS: readonly unknown[] = [
  'current',
  'catching-up',
  'stalled',
  'idle',
  'starting',
];

/** Reads a `/health` document. @returns null when it is none */
export function parseHealthDocument(value: unknown): HealthDocument | null {
  if (typeof value !== 'object' || value === null) return null;
  const field = (name: string): unknown => Reflect.get(value, name);
  const verdict = field('verdict');
  const dataPath = field('data_path');
  if (!isVerdict(verdict) || typeof dataPath !== 'string') return null;
  return {
    verdict,
    message: textOr(field('message'), ''),
    sample: field('sample') === true,
    newestEventAgeMs: numberOr(field('newest_event_age_ms'), null),
    cursorUs: numberOr(field('cursor'), null),
    startedAt: textOr(field('started_at'), null),
    completeSince: textOr(field('complete_since'), null),
    eventsPerSecond: numberOr(field('events_per_second'), 0),
    eventsTotal: numberOr(field('events_total'), 0),
    reconnects: numberOr(field('reconnects'), 0),
    malformed: numberOr(field('malformed'), 0),
    connected: field('connected') === true,
    endpoint: textOr(field('endpoint'), null),
    paused: parsePause(field('paused')),
    dataPath,
    dataBytes: numberOr(field('data_bytes'), null),
    freeBytes: numberOr(field('free_bytes'), null),
    minFreeBytes: parseMinFree(field('disk')),
    growth: parseGrowth(field('disk')),
    version: textOr(field('version'), 'unknown'),
  };
}

function parsePause(value: unknown): HealthPause | null {
  if (typeof value !== 'object' || value === null) return null;
  return {
    reason: textOr(Reflect.get(value, 'reason'), 'unknown'),
    message: textOr(Reflect.get(value, 'message'), ''),
    since: textOr(Reflect.get(value, 'since'), ''),
  };
}

function parseMinFree(value: unknown): number | null {
  if (typeof value !== 'object' || value === null) return null;
  return numberOr(Reflect.get(value, 'min_free_bytes'), null);
}

function parseGrowth(value: unknown): HealthGrowth | null {
  if (typeof value !== 'object' || value === null) return null;
  const bytesPerDay = numberOr(Reflect.get(value, 'bytes_per_day'), null);
  if (bytesPerDay === null) return null;
  const daysToFull = numberOr(Reflect.get(value, 'days_to_full'), null);
  return { bytesPerDay, daysToFull };
}

function isVerdict(value: unknown): value is HealthVerdict {
  return VERDICTS.includes(value);
}

function textOr<T>(value: unknown, other: T): string | T {
  return typeof value === 'string' ? value : other;
}

function numberOr<T>(value: unknown, other: T): number | T {
  return typeof value === 'number' && Number.isFinite(value) ? value : other;
}
