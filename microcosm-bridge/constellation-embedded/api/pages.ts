/** Bodies of the answers that come in pages. */

import { didPage, linkPage, linkPageOf } from '../store/link-pages.js';
import type { IndexReader } from '../store/index-reader.js';
import type { SourceName } from '../store/source-name.js';
import { formatCursor, parseCursor } from './cursor.js';
import type { CursorKind } from './cursor.js';
import type { Query } from '../../../lib/api-server/index.js';

/** What is asked about. */
export interface Place {
  readonly target: string;
  readonly source: SourceName;
}

/** How the two endpoints that list records differ. */
export interface LinksShape {
  /** Only records of these DIDs; of all when there is none. */
  readonly dids: readonly string[];
  readonly reverse: boolean;
  /** Name of the member that holds the records. */
  readonly member: 'linking_records' | 'records';
}

/** A page of linking records. @throws BadRequestError */
export function linksBody(
  reader: IndexReader,
  { target, source }: Place,
  query: Query,
  { dids, reverse, member }: LinksShape
): string {
  const kind = reverse ? 'links-reverse' : 'links';
  const request = {
    limit: query.limit(),
    from: readFrom(kind, query.filled('cursor')),
    reverse,
  };
  const wanted = new Set(dids);
  const slot = reader.slot(target, source);
  const { total, items, next } =
    slot === null
      ? NOTHING
      : wanted.size > 0
        ? linkPageOf(reader, slot.slotId, wanted, request)
        : { total: slot.records, ...linkPage(reader, slot.slotId, request) };
  const { collection } = source;
  return JSON.stringify({
    total,
    [member]: items.map(({ did, rkey }) => ({ did, collection, rkey })),
    cursor: next === null ? null : formatCursor(kind, next),
  });
}

/** A page of linking DIDs. @throws BadRequestError */
export function didsBody(
  reader: IndexReader,
  { target, source }: Place,
  query: Query
): string {
  const request = {
    limit: query.limit(),
    from: readFrom('dids', query.optional('cursor')),
    reverse: false,
  };
  const slot = reader.slot(target, source);
  const { items, next } =
    slot === null ? NOTHING : didPage(reader, slot.slotId, request);
  return JSON.stringify({
    total: slot?.dids ?? 0,
    linking_dids: items,
    cursor: next === null ? null : formatCursor('dids', next),
  });
}

const NOTHING = { total: 0, items: [], next: null } as const;

function readFrom(kind: CursorKind, text: string | null): number | null {
  return text === null ? null : (parseCursor(kind, text)[0] ?? null);
}
