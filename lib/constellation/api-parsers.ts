import type {
  AllLinks,
  BacklinksPage,
  LinkRecord,
  LinkingDidsPage,
  LinksPage,
  ManyToManyCountsPage,
  ManyToManyPage,
  Overview,
  Total,
} from './api-answers.js';
import type { SourceRole } from './events.js';
import {
  badShape,
  isCount,
  isObject,
  ownField,
  readCountIn,
  readEach,
  readListIn,
  readObject,
  readObjectIn,
  readTextIn,
  type JsonObject,
} from './json-shape.js';
import { markCursor } from './page-cursor.js';

/*
 * Each function reads the JSON of one endpoint into a new object that holds
 * what the API promises and nothing else, and throws `BAD_SHAPE` otherwise.
 */

/** `GET /` */
export function parseOverview(body: unknown): Overview {
  const answer = readObject(body, 'body');
  const stats = readObjectIn(answer, 'stats');
  const startedAt = ownField(stats, 'started_at');
  const days = ownField(answer, 'days_indexed');
  return {
    days_indexed: isCount(days) ? days : null,
    stats: {
      dids: readCountIn(stats, 'dids'),
      targetables: readCountIn(stats, 'targetables'),
      linking_records: readCountIn(stats, 'linking_records'),
      started_at: isCount(startedAt) ? startedAt : null,
      other_data: readOtherData(ownField(stats, 'other_data')),
    },
  };
}

/** Each index counts what it likes: nothing in it is promised or refused. */
function readOtherData(
  value: unknown
): Readonly<Record<string, number>> | null {
  if (!isObject(value)) return null;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] =>
      isCount(entry[1])
    )
  );
}

/** `GET /links/all` */
export function parseAllLinks(body: unknown): AllLinks {
  const links = readObjectIn(readObject(body, 'body'), 'links');
  return {
    links: readEach(links, (collections, collection) =>
      readEach(readObjectIn(collections, collection), (paths, path) => {
        const counts = readObjectIn(paths, path);
        return {
          records: readCountIn(counts, 'records'),
          distinct_dids: readCountIn(counts, 'distinct_dids'),
        };
      })
    ),
  };
}

/** The plain counts. */
export function parseTotal(body: unknown): Total {
  return { total: readCountIn(readObject(body, 'body'), 'total') };
}

/** `GET /links` */
export function parseLinksPage(body: unknown, role: SourceRole): LinksPage {
  const page = readObject(body, 'body');
  return {
    total: readCountIn(page, 'total'),
    linking_records: readListIn(page, 'linking_records', readLinkRecord),
    cursor: readCursorIn(page, role),
  };
}

/** `GET /links/distinct-dids` and `getBacklinkDids` */
export function parseLinkingDids(
  body: unknown,
  role: SourceRole
): LinkingDidsPage {
  const page = readObject(body, 'body');
  return {
    total: readCountIn(page, 'total'),
    linking_dids: readListIn(page, 'linking_dids', readDid),
    cursor: readCursorIn(page, role),
  };
}

/** `getBacklinks` */
export function parseBacklinks(body: unknown, role: SourceRole): BacklinksPage {
  const page = readObject(body, 'body');
  return {
    total: readCountIn(page, 'total'),
    records: readListIn(page, 'records', readLinkRecord),
    cursor: readCursorIn(page, role),
  };
}

/** `getManyToManyCounts` */
export function parseManyToManyCounts(
  body: unknown,
  role: SourceRole
): ManyToManyCountsPage {
  const page = readObject(body, 'body');
  return {
    counts_by_other_subject: readListIn(
      page,
      'counts_by_other_subject',
      (item) => {
        const count = readObject(item, 'count');
        return {
          subject: readTextIn(count, 'subject'),
          total: readCountIn(count, 'total'),
          distinct: readCountIn(count, 'distinct'),
        };
      }
    ),
    cursor: readCursorIn(page, role),
  };
}

/** `getManyToMany` */
export function parseManyToMany(
  body: unknown,
  role: SourceRole
): ManyToManyPage {
  const page = readObject(body, 'body');
  return {
    items: readListIn(page, 'items', (item) => {
      const pair = readObject(item, 'item');
      return {
        linkRecord: readLinkRecord(ownField(pair, 'linkRecord')),
        otherSubject: readTextIn(pair, 'otherSubject'),
      };
    }),
    cursor: readCursorIn(page, role),
  };
}

function readLinkRecord(item: unknown): LinkRecord {
  const record = readObject(item, 'record');
  return {
    did: readTextIn(record, 'did'),
    collection: readTextIn(record, 'collection'),
    rkey: readTextIn(record, 'rkey'),
  };
}

function readDid(item: unknown): string {
  if (typeof item === 'string') return item;
  throw badShape('has an account that is no text');
}

/** The last page has null; a page without the field is none of the API's. */
function readCursorIn(page: JsonObject, role: SourceRole): string | null {
  const cursor = ownField(page, 'cursor');
  if (cursor === null) return null;
  if (typeof cursor === 'string' && cursor !== '') {
    return markCursor(cursor, role);
  }
  throw badShape('has neither a cursor nor the end');
}
