import type { ApiParams, IndexApi } from '../index-api.js';
import type { FoundPlace, PlaceCounts } from '../targets/target.js';
import { LISTED_RECORDS } from '../targets/choose-places.js';
import {
  readCounts,
  readPage,
  readRecordCounts,
  readTotal,
  sourceKey,
} from './answers.js';

/** A number and where it was read. */
export interface Told {
  readonly by: string;
  readonly value: number;
}

/** A list, put together from all of its pages. */
export interface ToldList {
  readonly by: string;
  readonly items: readonly string[];
  /** All pages were read, up to the one without a cursor. */
  readonly complete: boolean;
  /** A page held more than was asked for; null: none did. */
  readonly tooLong: number | null;
  readonly limit: number;
}

/** What every form of a question said about one place, at about one time. */
export interface Snapshot {
  readonly records: readonly Told[];
  readonly dids: readonly Told[];
  readonly recordLists: readonly ToldList[];
  readonly didLists: readonly ToldList[];
}

const XRPC = '/xrpc/blue.microcosm.links';
/** Pages that a list is read in, so that paging is part of what is compared. */
const PAGES = 4;
const MAX_LIMIT = 1000;
/** A list that has more pages than this does not end. */
const MAX_PAGES = 40;

/**
 * Asks everything there is to ask about one place.
 *
 * @throws CheckError `bad-status`, `bad-body`; HealthError
 */
export async function takeSnapshot(
  api: IndexApi,
  place: FoundPlace,
  signal: AbortSignal
): Promise<Snapshot> {
  const { target, collection, path } = place;
  const byTarget: ApiParams = [['target', target]];
  const byPlace: ApiParams = [
    ['target', target],
    ['collection', collection],
    ['path', path],
  ];
  const bySubject: ApiParams = [
    ['subject', target],
    ['source', `${collection}:${path.replace(/^\./, '')}`],
  ];
  const stored = place.recount?.() ?? null;
  const [all, allCount, count, didCount, xrpcCount] = await Promise.all([
    api.json('/links/all', byTarget, signal),
    api.json('/links/all/count', byTarget, signal),
    api.json('/links/count', byPlace, signal),
    api.json('/links/count/distinct-dids', byPlace, signal),
    api.json(`${XRPC}.getBacklinksCount`, bySubject, signal),
  ]);
  const key = sourceKey(collection, path);
  const inAll = readCounts(all).find(
    (one) => sourceKey(one.collection, one.path) === key
  );
  const total = readTotal(count);
  const limit = Math.min(MAX_LIMIT, Math.max(1, Math.ceil(total / PAGES)));
  const read = async (
    by: string,
    params: ApiParams,
    member: string
  ): Promise<ReadList> =>
    await readList(api, { by, params, member, limit, total }, signal);
  const [links, backlinks, dids, backlinkDids] = await Promise.all([
    read('/links', byPlace, 'linking_records'),
    read(`${XRPC}.getBacklinks`, bySubject, 'records'),
    read('/links/distinct-dids', byPlace, 'linking_dids'),
    read(`${XRPC}.getBacklinkDids`, bySubject, 'linking_dids'),
  ]);
  return {
    records: [
      {
        by: '/links/all/count',
        value: readRecordCounts(allCount).get(key) ?? 0,
      },
      { by: '/links/all records', value: inAll?.records ?? 0 },
      { by: '/links/count', value: total },
      { by: `${XRPC}.getBacklinksCount`, value: readTotal(xrpcCount) },
      ...links.totals,
      ...backlinks.totals,
      ...fromStore(stored, 'records'),
    ],
    dids: [
      { by: '/links/all distinct_dids', value: inAll?.dids ?? 0 },
      { by: '/links/count/distinct-dids', value: readTotal(didCount) },
      ...dids.totals,
      ...backlinkDids.totals,
      ...fromStore(stored, 'dids'),
    ],
    recordLists: [links.list, backlinks.list],
    didLists: [dids.list, backlinkDids.list],
  };
}

interface ReadList {
  readonly totals: readonly Told[];
  readonly list: ToldList;
}

interface ListQuestion {
  readonly by: string;
  readonly params: ApiParams;
  readonly member: string;
  readonly limit: number;
  readonly total: number;
}

async function readList(
  api: IndexApi,
  { by, params, member, limit, total }: ListQuestion,
  signal: AbortSignal
): Promise<ReadList> {
  const totals: Told[] = [];
  const items: string[] = [];
  let cursor: string | null = null;
  let tooLong: number | null = null;
  const mostPages = total > LISTED_RECORDS ? 1 : MAX_PAGES;
  for (let page = 1; page <= mostPages; page++) {
    const asked: ApiParams = [
      ...params,
      ['limit', String(limit)],
      ...(cursor === null ? [] : [['cursor', cursor] as const]),
    ];
    const answer = readPage(await api.json(by, asked, signal), member);
    const name = page === 1 ? `${by} total` : `${by} total (page ${page})`;
    totals.push({ by: name, value: answer.total });
    items.push(...answer.items);
    if (answer.items.length > limit) tooLong = answer.items.length;
    cursor = answer.cursor;
    if (cursor === null) break;
  }
  const complete = cursor === null;
  return { totals, list: { by, items, complete, tooLong, limit } };
}

function fromStore(
  stored: PlaceCounts | null,
  what: keyof PlaceCounts
): readonly Told[] {
  return stored === null ? [] : [{ by: 'the store', value: stored[what] }];
}
