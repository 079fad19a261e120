/**
 * Finds the links that are older than what the index keeps (`--retain-days`).
 * A link's age is that of its record, which is read from the record's key; a
 * key that is no TID has no age, and its links stay.
 */

import { tidTimeUs } from '../../../lib/constellation/tid.js';
import type { Interner } from './interner.js';
import {
  BY_SEQ,
  ID_BYTES,
  idKey,
  recordKey,
  seqOfKey,
  slotIdOfKey,
} from './keys.js';
import type { Store } from './open-store.js';
import { parseSourceText } from './source-name.js';
import {
  didOfLinker,
  rkeyOfLinker,
  sourceOfSlotName,
  textFrom,
} from './values.js';

/** A link that is to go. */
export interface ExpiredLink {
  readonly slotId: number;
  readonly seq: number;
  readonly didId: number;
  readonly rkey: string;
}

/** How much one step may look at and give back. */
export interface ExpiryBounds {
  /** Links whose records are older than this go, µs since 1970. */
  readonly beforeUs: number;
  /** Entries looked at, at most. */
  readonly maxScanned: number;
  /** Links given back, at most. */
  readonly maxFound: number;
}

/** What one step found, and the key where the next one begins; null at the end of all links. */
export interface ExpiryStep {
  readonly links: readonly ExpiredLink[];
  readonly next: Buffer | null;
}

/**
 * Looks at some entries of the links, in order of their keys.
 *
 * @param from - `next` of the step before; null to begin
 */
export function findExpired(
  { links }: Store,
  from: Buffer | null,
  { beforeUs, maxScanned, maxFound }: ExpiryBounds
): ExpiryStep {
  const found: ExpiredLink[] = [];
  let scanned = 0;
  const start = from ?? Buffer.alloc(ID_BYTES);
  for (const { key, value } of links.getRange({ start })) {
    if (scanned >= maxScanned || found.length >= maxFound) {
      return { links: found, next: Buffer.from(key) };
    }
    scanned++;
    if (key[ID_BYTES] !== BY_SEQ) continue;
    const rkey = rkeyOfLinker(value);
    const timeUs = tidTimeUs(rkey);
    if (timeUs === null || timeUs >= beforeUs) continue;
    found.push({
      slotId: slotIdOfKey(key),
      seq: seqOfKey(key),
      didId: didOfLinker(value),
      rkey,
    });
  }
  return { links: found, next: null };
}

/** Key of the record that a link comes from; null when its slot is gone. */
export function recordKeyOf(
  { slots, sourceNames }: Store,
  collections: Interner,
  { slotId, didId, rkey }: ExpiredLink
): Buffer | null {
  const slot = slots.getBinaryFast(idKey(slotId));
  if (slot === undefined) return null;
  const name = sourceNames.getBinaryFast(idKey(sourceOfSlotName(slot)));
  if (name === undefined) return null;
  const { collection } = parseSourceText(textFrom(name, 0));
  const collectionId = collections.find(collection);
  return collectionId === null ? null : recordKey(didId, collectionId, rkey);
}
