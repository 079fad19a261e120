/**
 * Pages of links. A page is asked for by the sequence number where the one
 * before ended, so that it stays right whatever is deleted in between and
 * across restarts; the work for one page is bounded, whatever is in the way.
 */

import type { IndexReader } from './index-reader.js';
import {
  BY_SEQ,
  ID_BYTES,
  ID_LIMIT,
  byDidAndSeqKey,
  bySeqKey,
  seqOfKey,
} from './keys.js';
import { didOfLinker, rkeyOfLinker } from './values.js';

/** Most links that are looked at for one page; one that finds less is short, not wrong. */
export const MAX_SCANNED = 10_000;

/** A link as lists show it; the collection is the one asked for. */
export interface Linker {
  readonly did: string;
  readonly rkey: string;
}

/** A page, and where the next one begins; null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: number | null;
}

/** Which page. */
export interface PageRequest {
  /** Most items of the page. */
  readonly limit: number;
  /** `next` of the page before; null for the first. */
  readonly from: number | null;
  /** Oldest first. */
  readonly reverse: boolean;
}

/** A link of a slot, with ids in place of names. */
export interface SlotLink {
  readonly seq: number;
  readonly didId: number;
  readonly rkey: string;
}

/** The links of a slot, newest first (oldest first with `reverse`), from `from` on. */
export function* slotLinks(
  { store, snapshot }: IndexReader,
  slotId: number,
  { from, reverse }: Pick<PageRequest, 'from' | 'reverse'>
): Generator<SlotLink> {
  const range = reverse
    ? {
        start: bySeqKey(slotId, from ?? 0),
        end: bySeqKey(slotId, ID_LIMIT - 1),
      }
    : {
        start: bySeqKey(slotId, from ?? ID_LIMIT - 1),
        end: bySeqKey(slotId, 0),
        reverse: true,
      };
  for (const { key, value } of snapshot.entries(store.links, range)) {
    if (key[ID_BYTES] !== BY_SEQ) continue;
    yield {
      seq: seqOfKey(key),
      didId: didOfLinker(value),
      rkey: rkeyOfLinker(value),
    };
  }
}

/** The records that link to a slot, those of deactivated accounts left out. */
export function linkPage(
  reader: IndexReader,
  slotId: number,
  request: PageRequest
): Page<Linker> {
  return takePage(slotLinks(reader, slotId, request), request, (link) => {
    const { did, active } = reader.account(link.didId);
    return active ? { did, rkey: link.rkey } : null;
  });
}

/** The DIDs that link to a slot, those with the youngest first link first. */
export function didPage(
  reader: IndexReader,
  slotId: number,
  request: PageRequest
): Page<string> {
  return takePage(slotLinks(reader, slotId, request), request, (link) => {
    const entry = reader.didEntry(slotId, link.didId);
    if (entry?.firstSeq !== link.seq) return null;
    const { did, active } = reader.account(link.didId);
    return active ? did : null;
  });
}

/**
 * As {@link linkPage}, of these DIDs only, and how many links they have: those
 * of hidden accounts count here no more than they are listed.
 */
export function linkPageOf(
  reader: IndexReader,
  slotId: number,
  dids: ReadonlySet<string>,
  request: PageRequest
): Page<Linker> & { readonly total: number } {
  let total = 0;
  const found: SlotLink[] = [];
  for (const did of dids) {
    const didId = reader.didId(did);
    const entry = didId === null ? null : reader.didEntry(slotId, didId);
    if (didId === null || entry === null) continue;
    if (!reader.account(didId).active) continue;
    total += entry.count;
    found.push(...linksOfDid(reader, slotId, didId, entry, request));
  }
  found.sort((a, b) => (request.reverse ? a.seq - b.seq : b.seq - a.seq));
  const page = takePage(found, request, (link) => ({
    did: reader.account(link.didId).did,
    rkey: link.rkey,
  }));
  return { ...page, total };
}

/** At most one page and one more of a DID's links, from `from` on. */
function linksOfDid(
  { store, snapshot }: IndexReader,
  slotId: number,
  didId: number,
  entry: { readonly count: number; readonly firstSeq: number },
  { from, limit, reverse }: PageRequest
): SlotLink[] {
  const seqs =
    entry.count === 1
      ? [entry.firstSeq].filter((seq) =>
          from === null ? true : reverse ? seq >= from : seq <= from
        )
      : Array.from(
          snapshot.keys(
            store.links,
            reverse
              ? {
                  start: byDidAndSeqKey(slotId, didId, from ?? 0),
                  end: byDidAndSeqKey(slotId, didId, ID_LIMIT - 1),
                  limit: limit + 1,
                }
              : {
                  start: byDidAndSeqKey(slotId, didId, from ?? ID_LIMIT - 1),
                  end: byDidAndSeqKey(slotId, didId, 0),
                  reverse: true,
                  limit: limit + 1,
                }
          ),
          seqOfKey
        );
  return seqs.map((seq) => {
    const value = snapshot.get(store.links, bySeqKey(slotId, seq));
    if (value === undefined) throw new RangeError(`no link ${seq}`);
    return { seq, didId, rkey: rkeyOfLinker(value) };
  });
}

/** Fills a page from links in order; `next` is the first link that is not in it. */
function takePage<Item>(
  links: Iterable<SlotLink>,
  { limit }: PageRequest,
  show: (link: SlotLink) => Item | null
): Page<Item> {
  const items: Item[] = [];
  let scanned = 0;
  for (const link of links) {
    if (scanned >= MAX_SCANNED) return { items, next: link.seq };
    scanned++;
    const item = show(link);
    if (item === null) continue;
    if (items.length >= limit) return { items, next: link.seq };
    items.push(item);
  }
  return { items, next: null };
}
