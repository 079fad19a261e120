/** The shapes of the API's answers, read from foreign data. */

import { CheckError } from '../check-error.js';
import type { PlaceCounts } from '../targets/target.js';

/** One member of the map of `/links/all`. */
export interface SourceCounts extends PlaceCounts {
  readonly collection: string;
  readonly path: string;
}

/** A page of a list; items are texts that can be compared. */
export interface ListPage {
  readonly total: number;
  readonly items: readonly string[];
  readonly cursor: string | null;
}

/** Reads `/links/all`. @throws CheckError `bad-body` */
export function readCounts(body: unknown): readonly SourceCounts[] {
  return entriesOf(body).map(([collection, path, value]) => ({
    collection,
    path,
    records: count(field(value, 'records'), 'records'),
    dids: count(field(value, 'distinct_dids'), 'distinct_dids'),
  }));
}

/** Reads `/links/all/count`; the keys are `COLLECTION PATH`. @throws CheckError `bad-body` */
export function readRecordCounts(body: unknown): ReadonlyMap<string, number> {
  return new Map(
    entriesOf(body).map(([collection, path, value]) => [
      sourceKey(collection, path),
      count(value, path),
    ])
  );
}

/** What {@link readRecordCounts} calls a source. */
export function sourceKey(collection: string, path: string): string {
  return `${collection} ${path}`;
}

/** Reads `{total}`. @throws CheckError `bad-body` */
export function readTotal(body: unknown): number {
  return count(field(body, 'total'), 'total');
}

/**
 * Reads a page of records or DIDs.
 *
 * @param member `linking_records`, `records` or `linking_dids`
 * @throws CheckError `bad-body`
 */
export function readPage(body: unknown, member: string): ListPage {
  const list = field(body, member);
  const cursor = field(body, 'cursor');
  if (!Array.isArray(list)) throw bad(`no list ${member}`);
  if (cursor !== null && typeof cursor !== 'string') {
    throw bad('no cursor, neither text nor null');
  }
  return {
    total: readTotal(body),
    items: list.map((item: unknown) => itemText(item, member)),
    cursor,
  };
}

function itemText(item: unknown, member: string): string {
  if (typeof item === 'string') return item;
  const parts = ['did', 'collection', 'rkey'].map((name) => {
    const part = field(item, name);
    if (typeof part === 'string') return part;
    throw bad(`an item of ${member} without ${name}`);
  });
  return parts.join('/');
}

function entriesOf(body: unknown): Array<[string, string, unknown]> {
  const links = field(body, 'links');
  if (!isObject(links)) throw bad('no object links');
  return Object.entries(links).flatMap(([collection, paths]) => {
    if (!isObject(paths)) throw bad(`no object links.${collection}`);
    return Object.entries(paths).map(
      ([path, value]): [string, string, unknown] => [collection, path, value]
    );
  });
}

function count(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
    return value;
  }
  throw bad(`no count ${name}`);
}

function bad(what: string): CheckError {
  return new CheckError(`an answer of the API has ${what}`, {
    code: 'bad-body',
    expected: 'the shapes that the API of Constellation has',
    suggestion: 'see what listens there: curl -s the URL',
  });
}

function field(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
