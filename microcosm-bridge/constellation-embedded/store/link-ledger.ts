/**
 * Writer's side of the links: puts one in, takes one out, and keeps the counts
 * of each (target, collection, path) right, so that a count is read, never
 * counted. Counts are written back once a batch: a popular target costs one
 * write however often the batch links to it.
 */

import { LRUCache } from 'lru-cache';
import type { RecordLink } from '../links/record-links.js';
import {
  ID_LIMIT,
  byDidAndSeqKey,
  byDidKey,
  bySeqKey,
  idKey,
  seqOfKey,
  textKey,
} from './keys.js';
import type { Store } from './open-store.js';
import type { IndexState } from './state.js';
import {
  packDidEntry,
  packLinker,
  packSlotName,
  packSlots,
  sourceOfSlotName,
  targetOfSlotName,
  unpackDidEntry,
  unpackSlots,
} from './values.js';
import type { LinkRef, Slot } from './values.js';

/** A target's slots by source, in order of first appearance. */
type Subject = Map<number, Slot>;

/**
 * Most (collection, path) pairs that one target is indexed under. They share a
 * value that each batch with a link to the target writes again: without an end
 * a few hostile records would make it megabytes. Ordinary targets have dozens.
 * As many that the index met first (likes, follows, what the network is made of)
 * always go in, so that nobody can fill a target up before its first like.
 */
export const MAX_TARGET_SOURCES = 8192;

/** How many targets the writer keeps in memory between batches. */
const CACHED_SUBJECTS = 20_000;

const NOTHING = Buffer.alloc(0);

/** Adds and removes links in a write transaction. */
export class LinkLedger {
  readonly #store: Store;
  readonly #cache = new LRUCache<string, Subject>({ max: CACHED_SUBJECTS });
  /** Subjects that this batch touched, not yet written back. */
  readonly #dirty = new Map<string, Subject>();
  #nextSlot: number;
  #nextSeq: number;

  constructor(store: Store, state: IndexState) {
    this.#store = store;
    this.#nextSlot = state.nextSlot;
    this.#nextSeq = state.nextSeq;
  }

  /** The id that the next new slot gets. */
  get nextSlot(): number {
    return this.#nextSlot;
  }

  /** The sequence number that the next link gets. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /**
   * Adds a link as the newest one of its slot.
   *
   * @returns null, and nothing is added, where it would be one source too many
   */
  add(
    target: string,
    sourceId: number,
    didId: number,
    rkey: string
  ): LinkRef | null {
    const subject = this.#subject(target);
    let slot = subject.get(sourceId);
    if (slot === undefined) {
      const isEarly = sourceId < MAX_TARGET_SOURCES;
      if (subject.size >= MAX_TARGET_SOURCES && !isEarly) return null;
      slot = {
        sourceId,
        slotId: take(this.#nextSlot),
        records: 0,
        dids: 0,
      };
      this.#nextSlot++;
      subject.set(sourceId, slot);
      void this.#store.slots.put(
        idKey(slot.slotId),
        packSlotName(sourceId, target)
      );
    }
    const seq = take(this.#nextSeq++);
    const { links } = this.#store;
    void links.put(bySeqKey(slot.slotId, seq), packLinker(didId, rkey));
    slot.records++;
    if (this.#joinDid(slot.slotId, didId, seq)) slot.dids++;
    return { slotId: slot.slotId, seq };
  }

  /**
   * Whether links that were added are these, in this order.
   *
   * @param sourceOf - id of the source with a path, null when there is none
   */
  holds(
    refs: readonly LinkRef[],
    links: readonly RecordLink[],
    sourceOf: (path: string) => number | null
  ): boolean {
    if (refs.length !== links.length) return false;
    return links.every(({ path, target }, index) => {
      const name = this.#store.slots.getBinaryFast(
        idKey(refs[index]?.slotId ?? 0)
      );
      return (
        name !== undefined &&
        targetOfSlotName(name) === target &&
        sourceOfSlotName(name) === sourceOf(path)
      );
    });
  }

  /** Takes a link out. */
  remove(slotId: number, seq: number, didId: number): void {
    const name = this.#store.slots.getBinaryFast(idKey(slotId));
    if (name === undefined) throw new RangeError(`no slot ${slotId}`);
    const sourceId = sourceOfSlotName(name);
    const slot = this.#subject(targetOfSlotName(name)).get(sourceId);
    if (slot === undefined) throw new RangeError(`slot ${slotId} has no count`);
    void this.#store.links.remove(bySeqKey(slotId, seq));
    slot.records--;
    if (this.#leaveDid(slotId, didId, seq)) slot.dids--;
  }

  /**
   * Writes the batch's counts back; call at the end of the transaction.
   *
   * @param forgetUnlinked - whether targets that nothing links to any more are
   *   forgotten with their names, as if they had never been seen
   */
  flush(forgetUnlinked = false): void {
    for (const [target, subject] of this.#dirty) {
      if (forgetUnlinked && isUnlinked(subject)) this.#forget(target, subject);
      else this.#write(target, subject);
    }
    this.#dirty.clear();
  }

  #write(target: string, subject: Subject): void {
    const { subjects } = this.#store;
    void subjects.put(textKey(target), packSlots(subject.values()));
    this.#cache.set(target, subject);
  }

  #forget(target: string, subject: Subject): void {
    const { subjects, slots } = this.#store;
    for (const { slotId } of subject.values()) void slots.remove(idKey(slotId));
    void subjects.remove(textKey(target));
    this.#cache.delete(target);
  }

  /** Whether a link is there: what was found a while ago may be gone. */
  has(slotId: number, seq: number): boolean {
    const key = bySeqKey(slotId, seq);
    return this.#store.links.getBinaryFast(key) !== undefined;
  }

  /** Forgets what a transaction that failed did. */
  reset(state: IndexState): void {
    this.#dirty.clear();
    this.#cache.clear();
    this.#nextSlot = state.nextSlot;
    this.#nextSeq = state.nextSeq;
  }

  /** The subject, about to be changed. */
  #subject(target: string): Subject {
    const touched = this.#dirty.get(target);
    if (touched !== undefined) return touched;
    const subject = this.#cache.get(target) ?? this.#readSubject(target);
    this.#dirty.set(target, subject);
    return subject;
  }

  #readSubject(target: string): Subject {
    const value = this.#store.subjects.getBinaryFast(textKey(target));
    const slots = value === undefined ? [] : unpackSlots(value);
    return new Map(slots.map((slot) => [slot.sourceId, slot]));
  }

  /** @returns whether the DID had no link to the slot before */
  #joinDid(slotId: number, didId: number, seq: number): boolean {
    const { links } = this.#store;
    const key = byDidKey(slotId, didId);
    const value = links.getBinaryFast(key);
    if (value === undefined) {
      void links.put(key, packDidEntry({ count: 1, firstSeq: seq }));
      return true;
    }
    const { count, firstSeq } = unpackDidEntry(value);
    if (count === 1) {
      void links.put(byDidAndSeqKey(slotId, didId, firstSeq), NOTHING);
    }
    void links.put(byDidAndSeqKey(slotId, didId, seq), NOTHING);
    void links.put(key, packDidEntry({ count: count + 1, firstSeq }));
    return false;
  }

  /** @returns whether the DID has no link to the slot any more */
  #leaveDid(slotId: number, didId: number, seq: number): boolean {
    const { links } = this.#store;
    const key = byDidKey(slotId, didId);
    const value = links.getBinaryFast(key);
    if (value === undefined)
      throw new RangeError(`no DID ${didId} in ${slotId}`);
    const { count, firstSeq } = unpackDidEntry(value);
    if (count === 1) {
      void links.remove(key);
      return true;
    }
    void links.remove(byDidAndSeqKey(slotId, didId, seq));
    const next = seq === firstSeq ? this.#firstSeq(slotId, didId) : firstSeq;
    if (count === 2) void links.remove(byDidAndSeqKey(slotId, didId, next));
    void links.put(key, packDidEntry({ count: count - 1, firstSeq: next }));
    return false;
  }

  #firstSeq(slotId: number, didId: number): number {
    const [key] = this.#store.links.getKeys({
      start: byDidAndSeqKey(slotId, didId, 0),
      limit: 1,
    });
    if (key === undefined) throw new RangeError(`no links left in ${slotId}`);
    return seqOfKey(key);
  }
}

function isUnlinked(subject: Subject): boolean {
  for (const { records } of subject.values()) if (records > 0) return false;
  return true;
}

function take(id: number): number {
  if (id >= ID_LIMIT - 1) throw new RangeError('the store is out of ids');
  return id;
}
