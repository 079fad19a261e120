/**
 * Reads the index. Each HTTP thread has its own reader; what the writer
 * committed is seen by the next request (see {@link IndexReader.refresh}).
 */

import { LRUCache } from 'lru-cache';
import { unpackDid } from './account-ledger.js';
import type { Account } from './account-ledger.js';
import { readId } from './interner.js';
import { byDidKey, idKey, recordKey, textKey } from './keys.js';
import { readState } from './open-store.js';
import type { Store } from './open-store.js';
import { parseSourceText, sourceText } from './source-name.js';
import type { SourceName } from './source-name.js';
import type { IndexState } from './state.js';
import {
  sourceOfSlotName,
  targetOfSlotName,
  textFrom,
  unpackDidEntry,
  unpackRecord,
  unpackSlots,
} from './values.js';
import type { DidEntry, LinkRef, Slot } from './values.js';

/** How many names of sources and accounts a reader keeps in memory. */
const CACHED_NAMES = 20_000;

/** Names and counts; what is listed in pages is in link-pages.ts and many-to-many.ts. */
export class IndexReader {
  readonly store: Store;
  readonly #sourceNames = new LRUCache<number, SourceName>({
    max: CACHED_NAMES,
  });

  constructor(store: Store) {
    this.store = store;
  }

  /** Makes the newest committed batch visible. Call before each request. */
  refresh(): void {
    this.store.root.resetReadTxn();
  }

  /** The state after the newest committed batch. */
  state(): IndexState {
    return readState(this.store, 0);
  }

  /** Every slot of a target, in order of first appearance. */
  slots(target: string): Slot[] {
    const value = this.store.subjects.getBinaryFast(textKey(target));
    return value === undefined ? [] : unpackSlots(value);
  }

  /** The slot of a target for one source, or null when no link was ever seen. */
  slot(target: string, source: SourceName): Slot | null {
    const sourceId = this.sourceId(source);
    if (sourceId === null) return null;
    return (
      this.slots(target).find((slot) => slot.sourceId === sourceId) ?? null
    );
  }

  /** The id of a (collection, path), or null. */
  sourceId({ collection, path }: SourceName): number | null {
    return readId(this.store.sources, sourceText(collection, path));
  }

  /** The (collection, path) of an id that a slot carries. */
  sourceName(sourceId: number): SourceName {
    const cached = this.#sourceNames.get(sourceId);
    if (cached !== undefined) return cached;
    const value = this.store.sourceNames.getBinaryFast(idKey(sourceId));
    if (value === undefined) throw new RangeError(`no source ${sourceId}`);
    const name = parseSourceText(textFrom(value, 0));
    this.#sourceNames.set(sourceId, name);
    return name;
  }

  /** The (collection, path) and the target of a slot. */
  slotName(slotId: number): { sourceId: number; target: string } {
    const value = this.store.slots.getBinaryFast(idKey(slotId));
    if (value === undefined) throw new RangeError(`no slot ${slotId}`);
    return {
      sourceId: sourceOfSlotName(value),
      target: targetOfSlotName(value),
    };
  }

  /** The id of a DID, or null when it never linked to anything. */
  didId(did: string): number | null {
    return readId(this.store.dids, did);
  }

  /** The account behind an id. */
  account(didId: number): Account {
    const value = this.store.didNames.getBinaryFast(idKey(didId));
    if (value === undefined) throw new RangeError(`no DID ${didId}`);
    return unpackDid(value);
  }

  /** A DID's part of a slot, or null when it has no link there. */
  didEntry(slotId: number, didId: number): DidEntry | null {
    const value = this.store.links.getBinaryFast(byDidKey(slotId, didId));
    return value === undefined ? null : unpackDidEntry(value);
  }

  /** The links of a record, in the order in which they were added. */
  recordLinks(
    didId: number,
    collection: string,
    rkey: string
  ): readonly LinkRef[] {
    const collectionId = readId(this.store.collections, collection);
    if (collectionId === null) return [];
    const value = this.store.records.getBinaryFast(
      recordKey(didId, collectionId, rkey)
    );
    return value === undefined ? [] : unpackRecord(value).links;
  }
}
