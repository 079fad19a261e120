import type { Completeness } from './coverage.js';
import { isObject, ownField, type JsonObject } from './json-shape.js';
import type { LocalObservation, LocalVerdict } from './local-standing.js';

/**
 * What the embedded index's verdicts mean for its answers. `idle` is a stream
 * that is alive and has nothing to say.
 */
const VERDICTS: ReadonlyMap<unknown, LocalVerdict> = new Map([
  ['current', 'current'],
  ['idle', 'current'],
  ['catching-up', 'behind'],
  ['starting', 'behind'],
  ['stalled', 'stalled'],
]);

/**
 * Reads the embedded index's `/health`.
 *
 * @returns null where the body is not one (another server's `/health`)
 */
export function readHealth(body: unknown): LocalObservation | null {
  if (!isObject(body)) return null;
  const verdict = VERDICTS.get(ownField(body, 'verdict'));
  if (verdict === undefined) return null;
  const ageMs = ownField(body, 'newest_event_age_ms');
  return {
    kind: 'health',
    verdict,
    completeness: readCompleteness(ownField(body, 'complete_since')),
    newestEventAgeMs:
      typeof ageMs === 'number' && Number.isFinite(ageMs) ? ageMs : null,
  };
}

/** Reads the numbers of `GET /`; null where the body is not the API's. */
export function readNumbers(body: unknown): LocalObservation | null {
  const stats = isObject(body) ? ownField(body, 'stats') : undefined;
  if (!isObject(stats)) return null;
  const numbers = ['dids', 'targetables', 'linking_records'].map((name) =>
    numberText(stats, name)
  );
  return { kind: 'numbers', numbers: numbers.join('/') };
}

function numberText(stats: JsonObject, name: string): string {
  const value = ownField(stats, name);
  return typeof value === 'number' ? String(value) : '';
}

function readCompleteness(since: unknown): Completeness {
  const sinceMs = typeof since === 'string' ? Date.parse(since) : NaN;
  return Number.isNaN(sinceMs)
    ? { kind: 'unknown' }
    : { kind: 'since', sinceMs };
}
