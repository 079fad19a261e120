/** `/links/all` and `/links/all/count`: everything that links to a target. */

import type { IndexReader } from '../store/index-reader.js';
import type { Slot } from '../store/values.js';
import type { Query } from '../../../lib/api-server/index.js';

/** `{links: {COLLECTION: {PATH: {records, distinct_dids}}}}` */
export function allLinks(reader: IndexReader, query: Query): string {
  return totals(
    reader,
    query.required('target'),
    ({ records, dids }) => `{"records":${records},"distinct_dids":${dids}}`
  );
}

/** `{links: {COLLECTION: {PATH: records}}}` */
export function allCounts(reader: IndexReader, query: Query): string {
  return totals(reader, query.required('target'), ({ records }) =>
    String(records)
  );
}

/**
 * The text is put together by hand: a collection or path may be called
 * `__proto__`, which as a key of an object would be lost.
 */
function totals(
  reader: IndexReader,
  target: string,
  show: (slot: Slot) => string
): string {
  const collections = new Map<string, string>();
  for (const slot of reader.slots(target)) {
    const { collectionJson, pathJson } = reader.sourceName(slot.sourceId);
    const entry = `${pathJson}:${show(slot)}`;
    const before = collections.get(collectionJson);
    collections.set(
      collectionJson,
      before === undefined ? entry : `${before},${entry}`
    );
  }
  let members = '';
  for (const [collectionJson, paths] of collections) {
    if (members !== '') members += ',';
    members += `${collectionJson}:{${paths}}`;
  }
  return `{"links":{${members}}}`;
}
