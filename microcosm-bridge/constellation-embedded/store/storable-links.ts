import { recordLinks, type RecordLink } from '../links/record-links.js';

/** Longest path that is indexed, in bytes; the keys in a record set its length. */
const MAX_PATH_BYTES = 4096;

/** The links of a record but those whose path is too long for the store. */
export function storableLinks(record: unknown): readonly RecordLink[] {
  return recordLinks(record).filter(
    ({ path }) => Buffer.byteLength(path) <= MAX_PATH_BYTES
  );
}
