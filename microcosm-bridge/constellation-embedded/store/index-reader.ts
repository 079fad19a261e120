/**
 * Reads the index. Each HTTP thread has its own reader; what the writer
 * committed is seen after {@link IndexReader.refresh}.
 */

import { LRUCache } from 'lru-cache';
import { unpackDid } from './account-ledger.js';
import type { Account } from './account-ledger.js';
import { idOfValue } from './interner.js';
import { byDidKey, idKey, recordKey, textKey } from './keys.js';
import { readState } from './open-store.js';
import type { Store, Tree } from './open-store.js';
import { Snapshot } from './snapshot.js';
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

/** A source's names, and the same as JSON text. */
export interface NamedSource extends SourceName {
  readonly collectionJson: string;
  readonly pathJson: string;
}

/** Names and counts; what is listed in pages is in link-pages.ts and many-to-many.ts. */
export class IndexReader {
  readonly store: Store;
  readonly snapshot: Snapshot;
  readonly #sourceNames = new LRUCache<number, NamedSource>({
    max: CACHED_NAMES,
  });

  constructor(store: Store) {
    this.store = store;
    this.snapshot = new Snapshot(store.root);
  }

  /** Makes the newest committed batch visible. */
  refresh(): void {
    this.snapshot.renew();
  }

  /** Lets go of the snapshot; the next reading takes the newest one. */
  release(): void {
    this.snapshot.release();
  }

  /** The state after the newest committed batch. */
  state(): IndexState {
    return readState(this.store, 0);
  }

  /** Every slot of a target, in order of first appearance. */
  slots(target: string): Slot[] {
    const value = this.snapshot.get(this.store.subjects, textKey(target));
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
    return this.#idOf(this.store.sources, sourceText(collection, path));
  }

  /** The (collection, path) of an id that a slot carries. */
  sourceName(sourceId: number): NamedSource {
    const cached = this.#sourceNames.get(sourceId);
    if (cached !== undefined) return cached;
    const value = this.snapshot.get(this.store.sourceNames, idKey(sourceId));
    if (value === undefined) throw new RangeError(`no source ${sourceId}`);
    const { collection, path } = parseSourceText(textFrom(value, 0));
    const name = {
      collection,
      path,
      collectionJson: JSON.stringify(collection),
      pathJson: JSON.stringify(path),
    };
    this.#sourceNames.set(sourceId, name);
    return name;
  }

  /** The (collection, path) and the target of a slot. */
  slotName(slotId: number): { sourceId: number; target: string } {
    const value = this.snapshot.get(this.store.slots, idKey(slotId));
    if (value === undefined) throw new RangeError(`no slot ${slotId}`);
    return {
      sourceId: sourceOfSlotName(value),
      target: targetOfSlotName(value),
    };
  }

  /** The (collection, path) and the target of the oldest slot, or null when there is none. */
  oldestSlotName(): { sourceId: number; target: string } | null {
    for (const { value } of this.snapshot.entries(this.store.slots, {
      limit: 1,
    })) {
      return {
        sourceId: sourceOfSlotName(value),
        target: targetOfSlotName(value),
      };
    }
    return null;
  }

  /** The id of a DID, or null when it never linked to anything. */
  didId(did: string): number | null {
    return this.#idOf(this.store.dids, did);
  }

  /** The account behind an id; behind one that was given up, that of its DID now. */
  account(didId: number): Account {
    const { did, active, released } = this.#didName(didId);
    if (!released) return { did, active };
    const now = this.didId(did);
    return { did, active: now !== null && this.#didName(now).active };
  }

  /** A DID's part of a slot, or null when it has no link there. */
  didEntry(slotId: number, didId: number): DidEntry | null {
    const value = this.snapshot.get(this.store.links, byDidKey(slotId, didId));
    return value === undefined ? null : unpackDidEntry(value);
  }

  /** The links of a record, in the order in which they were added. */
  recordLinks(
    didId: number,
    collection: string,
    rkey: string
  ): readonly LinkRef[] {
    const collectionId = this.#idOf(this.store.collections, collection);
    if (collectionId === null) return [];
    const value = this.snapshot.get(
      this.store.records,
      recordKey(didId, collectionId, rkey)
    );
    return value === undefined ? [] : unpackRecord(value).links;
  }

  #didName(didId: number): ReturnType<typeof unpackDid> {
    const value = this.snapshot.get(this.store.didNames, idKey(didId));
    if (value === undefined) throw new RangeError(`no DID ${didId}`);
    return unpackDid(value);
  }

  #idOf(ids: Tree, text: string): number | null {
    const value = this.snapshot.get(ids, textKey(text));
    return value === undefined ? null : idOfValue(value);
  }
}
