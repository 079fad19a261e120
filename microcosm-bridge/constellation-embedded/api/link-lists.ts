/** The older endpoints under `/links`: counts and pages for one (collection, path). */

import type { IndexReader } from '../store/index-reader.js';
import { BadRequestError } from '../../../lib/api-server/index.js';
import type { Query } from '../../../lib/api-server/index.js';
import { didsBody, linksBody } from './pages.js';
import type { Place } from './pages.js';

/** `{total}`: links, those of deactivated accounts included. */
export function countLinks(reader: IndexReader, query: Query): string {
  const { target, source } = readPlace(query);
  return `{"total":${reader.slot(target, source)?.records ?? 0}}`;
}

/** `{total}`: different DIDs, those of deactivated accounts included. */
export function countDids(reader: IndexReader, query: Query): string {
  const { target, source } = readPlace(query);
  return `{"total":${reader.slot(target, source)?.dids ?? 0}}`;
}

/** `{total, linking_records: [{did, collection, rkey}], cursor}`, newest first. */
export function listLinks(reader: IndexReader, query: Query): string {
  const place = readPlace(query);
  const dids = query.many('did');
  const fromDids = query.filled('from_dids');
  if (dids.length > 0 && fromDids !== null) {
    throw new BadRequestError('did and from_dids cannot be used together');
  }
  return linksBody(reader, place, query, {
    dids: fromDids === null ? dids : fromDids.split(','),
    reverse: false,
    member: 'linking_records',
  });
}

/** `{total, linking_dids, cursor}` */
export function listDids(reader: IndexReader, query: Query): string {
  return didsBody(reader, readPlace(query), query);
}

function readPlace(query: Query): Place {
  return {
    target: query.required('target'),
    source: {
      collection: query.required('collection'),
      path: query.required('path'),
    },
  };
}
