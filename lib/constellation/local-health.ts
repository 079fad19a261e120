import type { Completeness } from './coverage.js';
import { isCount, isObject, ownField } from './json-shape.js';
import type {
  LocalDisk,
  LocalObservation,
  LocalVerdict,
} from './local-standing.js';

/**
 * What the embedded index's verdicts mean for its answers. `idle` is one that
 * was fed from a file and has read all of it.
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
  const isFile = ownField(body, 'verdict') === 'idle';
  const isInvented = ownField(body, 'sample') === true;
  const since = ownField(body, 'complete_since');
  return {
    kind: 'health',
    verdict,
    // One that no longer reads does not know what has happened since, and one
    // that was fed an invented network never knew anything.
    completeness: readCompleteness(isFile || isInvented ? null : since),
    // A file's last event is no sign of being late.
    newestEventAgeMs: isFile
      ? null
      : readNumber(ownField(body, 'newest_event_age_ms')),
    disk: readDisk(ownField(body, 'disk'), ownField(body, 'data_bytes')),
  };
}

/** Reads the numbers of `GET /`; null where the body is not the API's. */
export function readNumbers(body: unknown): LocalObservation | null {
  const stats = isObject(body) ? ownField(body, 'stats') : undefined;
  if (!isObject(stats)) return null;
  const [dids, targetables, records] = [
    'dids',
    'targetables',
    'linking_records',
  ].map((name) => ownField(stats, name));
  if (!isCount(dids) || !isCount(targetables) || !isCount(records)) return null;
  return {
    kind: 'numbers',
    numbers: `${dids}/${targetables}/${records}`,
    linkingRecords: records,
  };
}

function readDisk(disk: unknown, dataBytes: unknown): LocalDisk | null {
  if (!isObject(disk)) return null;
  const freeBytes = readNumber(ownField(disk, 'free_bytes'));
  if (freeBytes === null) return null;
  return {
    dataBytes: readNumber(dataBytes),
    freeBytes,
    totalBytes: null, // it does not tell
    bytesPerDay: readNumber(ownField(disk, 'bytes_per_day')),
    daysToFull: readNumber(ownField(disk, 'days_to_full')),
  };
}

function readNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function readCompleteness(since: unknown): Completeness {
  const sinceMs = typeof since === 'string' ? Date.parse(since) : NaN;
  return Number.isNaN(sinceMs)
    ? { kind: 'unknown' }
    : { kind: 'since', sinceMs };
}
