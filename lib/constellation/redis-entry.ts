import { isCount, isObject, ownField, type JsonObject } from './json-shape.js';
import type { Origin } from './question.js';

/** What a Redis value says. */
export interface RedisEntry<T> {
  readonly value: T;
  /** Null where an older program wrote it, which says neither. */
  readonly origin: Origin | null;
  /** Milliseconds since 1970 at which the index said it. */
  readonly fetchedAtMs: number | null;
}

/** Longer values are not ours and are not parsed. */
const LONGEST_ENTRY = 1024;

/**
 * Reads the JSON of stats that this or an older program wrote: the numbers at
 * the top, and from this program `fetchedAt` and `origin` beside them.
 *
 * @param fields the numbers' names; each has to be there and a count
 * @param pick makes the value of them
 * @returns null for anything else
 */
export function readRedisEntry<K extends string, T>(
  text: string,
  fields: readonly K[],
  pick: (counts: Readonly<Record<K, number>>) => T
): RedisEntry<T> | null {
  if (text.length > LONGEST_ENTRY) return null;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(body) || !hasCounts(body, fields)) return null;
  const fetchedAt = ownField(body, 'fetchedAt');
  return {
    value: pick(body),
    origin: originOf(ownField(body, 'origin')),
    fetchedAtMs: isCount(fetchedAt) ? fetchedAt : null,
  };
}

/** Writes what {@link readRedisEntry} reads; older programs see the numbers. */
export function writeRedisEntry(entry: RedisEntry<object>): string {
  return JSON.stringify({
    ...entry.value,
    fetchedAt: entry.fetchedAtMs,
    origin: entry.origin,
  });
}

function hasCounts<K extends string>(
  body: JsonObject,
  fields: readonly K[]
): body is Readonly<Record<K, number>> {
  for (const field of fields) {
    if (!isCount(ownField(body, field))) return false;
  }
  return true;
}

function originOf(value: unknown): Origin | null {
  return value === 'local' || value === 'remote' || value === 'merged'
    ? value
    : null;
}
