/**
 * The one writer of the index. A batch of events and the stream's cursor go in
 * with one transaction: after a kill -9 either all of it is there or nothing.
 */

import type { CommitEvent, JetstreamEvent } from '../event.js';
import { recordLinks } from '../links/record-links.js';
import { AccountLedger } from './account-ledger.js';
import { Interner } from './interner.js';
import { recordKeyOf } from './expiry.js';
import type { ExpiredLink } from './expiry.js';
import { recordKey, MAX_RKEY_BYTES } from './keys.js';
import { LinkLedger } from './link-ledger.js';
import { readState } from './open-store.js';
import type { Store } from './open-store.js';
import { isReplay } from './replay.js';
import { sourceText } from './source-name.js';
import { STATE_KEY } from './state.js';
import type { IndexState } from './state.js';
import { packRecord, unpackRecord } from './values.js';
import type { LinkRef, RecordEntry } from './values.js';

/** Where in the stream a batch ends. */
export interface BatchPosition {
  /** `time_us` of the newest event, µs since 1970. */
  readonly cursor: number;
  /** The stream it came from; null for a file. */
  readonly endpoint: string | null;
  /** Set when the stream no longer had what came before: from when on it is complete, µs. */
  readonly gapUntil?: number;
}

/** What a batch did. */
export interface BatchResult {
  /** Links added and taken out. */
  readonly added: number;
  readonly removed: number;
  /** Events that the index had seen before. */
  readonly replayed: number;
}

/** How many ids of each kind the writer keeps in memory. */
const CACHE_ENTRIES = 50_000;

/** Writes batches of events. One a data folder: the caller holds the folder's lock. */
export class IndexWriter {
  readonly #store: Store;
  readonly #collections: Interner;
  readonly #sources: Interner;
  readonly #accounts: AccountLedger;
  readonly #ledger: LinkLedger;
  readonly #forgetsUnlinked: boolean;
  #state: IndexState;
  #linkingRecords: number;
  #added = 0;
  #removed = 0;
  #replayed = 0;
  #lastResult: BatchResult = { added: 0, removed: 0, replayed: 0 };

  /**
   * @param startedAtUs - when the index began, should it be new; µs since 1970
   * @param forgetsUnlinked - whether a target is forgotten with its last link;
   *   else it keeps counts of zero, as on the real server
   */
  constructor(store: Store, startedAtUs: number, forgetsUnlinked = false) {
    this.#forgetsUnlinked = forgetsUnlinked;
    const state = readState(store, startedAtUs);
    this.#store = store;
    this.#state = state;
    this.#linkingRecords = state.linkingRecords;
    this.#collections = new Interner(
      { ids: store.collections },
      state.nextCollection,
      CACHE_ENTRIES
    );
    this.#sources = new Interner(
      { ids: store.sources, names: store.sourceNames },
      state.nextSource,
      CACHE_ENTRIES
    );
    this.#accounts = new AccountLedger(store, state.nextDid, CACHE_ENTRIES);
    this.#ledger = new LinkLedger(store, state);
    if (store.meta.get(STATE_KEY) === undefined) {
      store.meta.putSync(STATE_KEY, state);
    }
  }

  /** What the last committed batch did. */
  get lastResult(): BatchResult {
    return this.#lastResult;
  }

  /** The state after the last committed batch. */
  get state(): IndexState {
    return this.#state;
  }

  /**
   * Applies events in order and commits them with their cursor, durably.
   *
   * @throws what LMDB throws (`ENOSPC` when the disk is full); the index is
   *   then as it was before, and the same batch may be tried again
   */
  apply(
    events: readonly JetstreamEvent[],
    position: BatchPosition
  ): BatchResult {
    this.#added = 0;
    this.#removed = 0;
    this.#replayed = 0;
    this.#transact(() => {
      for (const event of events) this.#applyEvent(event);
      this.#ledger.flush(this.#forgetsUnlinked);
      const { events: before, completeSince } = this.#state;
      const first = events[0]?.timeUs ?? null;
      return {
        events: before + events.length,
        cursor: position.cursor,
        endpoint: position.endpoint,
        completeSince: position.gapUntil ?? completeSince ?? first,
      };
    });
    this.#lastResult = {
      added: this.#added,
      removed: this.#removed,
      replayed: this.#replayed,
    };
    return this.#lastResult;
  }

  /**
   * Drops links with the records that they belong to, and targets that nothing
   * links to any more. Those that are gone already are passed over.
   *
   * @returns how many links were dropped
   * @throws what LMDB throws; the index is then as it was before
   */
  expire(links: readonly ExpiredLink[]): number {
    this.#removed = 0;
    this.#transact(() => {
      for (const link of links) this.#expireLink(link);
      this.#ledger.flush(true);
      return {};
    });
    return this.#removed;
  }

  /** @param body - does the work; gives back what changed in the state besides ids */
  #transact(body: () => Partial<IndexState>): void {
    try {
      this.#state = this.#store.root.transactionSync(() => {
        const changed = body();
        const state: IndexState = {
          ...this.#state,
          nextDid: this.#accounts.nextDid,
          nextCollection: this.#collections.next,
          nextSource: this.#sources.next,
          nextSlot: this.#ledger.nextSlot,
          nextSeq: this.#ledger.nextSeq,
          linkingRecords: this.#linkingRecords,
          ...changed,
        };
        void this.#store.meta.put(STATE_KEY, state);
        return state;
      });
    } catch (error) {
      this.#forgetUncommitted();
      throw error;
    }
  }

  #applyEvent(event: JetstreamEvent): void {
    switch (event.kind) {
      case 'commit':
        this.#applyCommit(event);
        return;
      case 'account':
        if (event.active) {
          if (event.status === undefined) this.#accounts.activate(event.did);
        } else if (event.status === 'deactivated') {
          this.#accounts.deactivate(event.did);
        } else if (event.status === 'deleted') {
          this.#deleteAccount(event.did);
        }
        return;
      case 'other':
        return;
    }
  }

  #applyCommit(event: CommitEvent): void {
    if (Buffer.byteLength(event.rkey) > MAX_RKEY_BYTES) return;
    const links = event.operation === 'delete' ? [] : recordLinks(event.record);
    const didId =
      links.length > 0
        ? this.#accounts.intern(event.did)
        : this.#accounts.find(event.did);
    if (didId === null) return;
    const collectionId =
      links.length > 0
        ? this.#collections.intern(event.collection)
        : this.#collections.find(event.collection);
    if (collectionId === null) return;

    const key = recordKey(didId, collectionId, event.rkey);
    const known = this.#store.records.getBinaryFast(key);
    if (known !== undefined) {
      const record = unpackRecord(known);
      const sourceOf = (path: string) =>
        this.#sources.find(sourceText(event.collection, path));
      const isSame = () => this.#ledger.holds(record.links, links, sourceOf);
      if (isReplay(event.rev, record.rev, isSame)) {
        this.#replayed++;
        return;
      }
      this.#removeLinks(didId, record);
    }
    const refs: LinkRef[] = [];
    for (const { path, target } of links) {
      const sourceId = this.#sources.intern(sourceText(event.collection, path));
      const ref = this.#ledger.add(target, sourceId, didId, event.rkey);
      if (ref !== null) refs.push(ref);
    }
    this.#added += refs.length;
    if (refs.length === 0) {
      if (known !== undefined) {
        void this.#store.records.remove(key);
        this.#linkingRecords--;
      }
      return;
    }
    if (known === undefined) this.#linkingRecords++;
    void this.#store.records.put(key, packRecord(event.rev, refs));
  }

  #removeLinks(didId: number, { links }: Pick<RecordEntry, 'links'>): void {
    for (const { slotId, seq } of links)
      this.#ledger.remove(slotId, seq, didId);
    this.#removed += links.length;
  }

  /**
   * Forgets an account's records. Where several of them link to one slot, the
   * link of the last one goes and the others stay, without a record to take
   * them out again: so the real server has it (tests/fixtures/golden, the
   * account deleted at 1760001218346766), and the two must answer alike. They
   * count; they are listed only when the DID has an account again.
   */
  #deleteAccount(did: string): void {
    const didId = this.#accounts.find(did);
    if (didId === null) return;
    const lastOfSlot = new Map<number, LinkRef>();
    for (const { key, value } of this.#accounts.records(didId)) {
      for (const ref of unpackRecord(value).links) {
        lastOfSlot.set(ref.slotId, ref);
      }
      void this.#store.records.remove(key);
      this.#linkingRecords--;
    }
    this.#removeLinks(didId, { links: [...lastOfSlot.values()] });
    this.#accounts.release(did);
  }

  /** A link without a record is one that the deletion of its account left. */
  #expireLink(link: ExpiredLink): void {
    const { slotId, seq, didId } = link;
    if (!this.#ledger.has(slotId, seq)) return;
    const key = recordKeyOf(this.#store, this.#collections, link);
    const value =
      key === null ? undefined : this.#store.records.getBinaryFast(key);
    const record = value === undefined ? null : unpackRecord(value);
    const isOf = (ref: LinkRef): boolean =>
      ref.slotId === slotId && ref.seq === seq;
    if (key === null || record === null || !record.links.some(isOf)) {
      this.#removeLinks(didId, { links: [{ slotId, seq }] });
      return;
    }
    this.#removeLinks(didId, record);
    void this.#store.records.remove(key);
    this.#linkingRecords--;
  }

  #forgetUncommitted(): void {
    const state = this.#state;
    this.#linkingRecords = state.linkingRecords;
    this.#collections.reset(state.nextCollection);
    this.#sources.reset(state.nextSource);
    this.#accounts.reset(state.nextDid);
    this.#ledger.reset(state);
  }
}
