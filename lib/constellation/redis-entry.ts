import { isCount, isObject, ownField } from './json-shape.js';
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

/** A number for each name of a list, in its order. */
export type Counts<F extends readonly string[]> = {
  readonly [I in keyof F]: number;
};

/**
 * Makes a reader of the JSON of stats that this or an older program wrote: the
 * numbers at the top, and from this program `fetchedAt` and `origin` beside
 * them. It gives null for anything else.
 *
 * @param fields the numbers' names; each has to be there and a count
 * @param pick makes the value of them
 */
export function redisEntryReader<const F extends readonly string[], T>(
  fields: F,
  pick: (counts: Counts<F>) => T
): (text: string) => RedisEntry<T> | null {
  const own = ownPattern(fields);
  return (text) => {
    if (text.length > LONGEST_ENTRY) return null;
    const match = own.exec(text);
    if (match !== null) return fromOwn(match, fields, pick);
    const read = readJson(text, fields);
    if (read === null || !areCounts(read.counts, fields)) return null;
    const { counts, fetchedAt, origin } = read;
    return {
      value: pick(counts),
      origin: originOf(origin),
      fetchedAtMs: isCount(fetchedAt) ? fetchedAt : null,
    };
  };
}

/** What a value says, to be checked. */
interface Read {
  readonly counts: readonly unknown[];
  readonly fetchedAt: unknown;
  readonly origin: unknown;
}

/** Longer ones may not be safe integers; JSON.parse and the checks tell. */
const COUNT = '0|[1-9][0-9]{0,14}';

/**
 * What {@link writeRedisEntry} writes, to the letter. Reading a feed from
 * Redis is mostly reading these, and JSON.parse takes three times as long.
 */
function ownPattern(fields: readonly string[]): RegExp {
  const counts = [...fields, 'fetchedAt'].map((name) => `"${name}":(${COUNT})`);
  return new RegExp(`^\\{${counts.join(',')},"origin":"([a-z]+)"\\}$`);
}

/** The pattern has seen that they are counts. */
function fromOwn<F extends readonly string[], T>(
  match: RegExpExecArray,
  fields: F,
  pick: (counts: Counts<F>) => T
): RedisEntry<T> | null {
  const counts: number[] = [];
  for (let group = 1; group <= fields.length; group += 1) {
    counts.push(Number(match[group]));
  }
  if (!areAsMany(counts, fields)) return null;
  return {
    value: pick(counts),
    origin: originOf(match[fields.length + 2]),
    fetchedAtMs: Number(match[fields.length + 1]),
  };
}

function areAsMany<F extends readonly string[]>(
  values: readonly number[],
  fields: F
): values is Counts<F> {
  return values.length === fields.length;
}

function readJson(text: string, fields: readonly string[]): Read | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(body)) return null;
  return {
    counts: fields.map((field) => ownField(body, field)),
    fetchedAt: ownField(body, 'fetchedAt'),
    origin: ownField(body, 'origin'),
  };
}

/** Writes what a {@link redisEntryReader} reads; older programs see the numbers. */
export function writeRedisEntry(entry: RedisEntry<object>): string {
  return JSON.stringify({
    ...entry.value,
    fetchedAt: entry.fetchedAtMs,
    origin: entry.origin,
  });
}

function areCounts<F extends readonly string[]>(
  values: readonly unknown[],
  fields: F
): values is Counts<F> {
  return values.length === fields.length && values.every(isCount);
}

function originOf(value: unknown): Origin | null {
  return value === 'local' || value === 'remote' || value === 'merged'
    ? value
    : null;
}
