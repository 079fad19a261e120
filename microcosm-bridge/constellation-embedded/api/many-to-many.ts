/** `blue.microcosm.links.getManyToMany` and its counts. */

import { countOthers, joinPage } from '../store/many-to-many.js';
import type { JoinRequest } from '../store/many-to-many.js';
import type { IndexReader } from '../store/index-reader.js';
import { formatCursor, parseCursor } from './cursor.js';
import type { Query } from '../../../lib/api-server/index.js';
import { parseSource } from './source-param.js';

/** `{items: [{linkRecord: {did, collection, rkey}, otherSubject}], cursor}` */
export function getManyToMany(reader: IndexReader, query: Query): string {
  const request = readJoin(query, 'linkDid');
  const limit = query.limit();
  const text = query.filled('cursor');
  const [seq = 0, skip = 0] = text === null ? [] : parseCursor('join', text);
  const from = text === null ? null : { seq, skip };
  const { items, next } = joinPage(reader, request, { limit, from });
  return JSON.stringify({
    items: items.map(({ did, collection, rkey, otherSubject }) => ({
      linkRecord: { did, collection, rkey },
      otherSubject,
    })),
    cursor: next === null ? null : formatCursor('join', next.seq, next.skip),
  });
}

/** `{counts_by_other_subject: [{subject, total, distinct}], cursor}` */
export async function getManyToManyCounts(
  reader: IndexReader,
  query: Query
): Promise<string> {
  const request = readJoin(query, 'did');
  const limit = query.limit();
  const text = query.filled('cursor');
  const from =
    text === null ? null : (parseCursor('join-counts', text)[0] ?? 0);
  const { items, next } = await countOthers(reader, request, { limit, from });
  return JSON.stringify({
    counts_by_other_subject: items,
    cursor: next === null ? null : formatCursor('join-counts', next),
  });
}

function readJoin(query: Query, didParameter: string): JoinRequest {
  return {
    subject: query.required('subject'),
    source: parseSource(query.required('source')),
    pathToOther: `.${query.required('pathToOther')}`,
    dids: new Set(query.many(didParameter)),
    otherSubjects: new Set(query.many('otherSubject')),
  };
}
