/** `blue.microcosm.links.getBacklinks` and the two like it. */

import type { IndexReader } from '../store/index-reader.js';
import { didsBody, linksBody } from './pages.js';
import type { Place } from './pages.js';
import type { Query } from '../../../lib/api-server/index.js';
import { parseSource } from './source-param.js';

/** `{total, records: [{did, collection, rkey}], cursor}` */
export function getBacklinks(reader: IndexReader, query: Query): string {
  return linksBody(reader, readPlace(query), query, {
    dids: query.many('did'),
    reverse: query.flag('reverse'),
    member: 'records',
  });
}

/** `{total}` */
export function getBacklinksCount(reader: IndexReader, query: Query): string {
  const { target, source } = readPlace(query);
  return `{"total":${reader.slot(target, source)?.records ?? 0}}`;
}

/** `{total, linking_dids, cursor}` */
export function getBacklinkDids(reader: IndexReader, query: Query): string {
  return didsBody(reader, readPlace(query), query);
}

function readPlace(query: Query): Place {
  return {
    target: query.required('subject'),
    source: parseSource(query.required('source')),
  };
}
