/**
 * Joins through records: the records that link to a subject, and what else
 * those records link to at another path (list items: lists to accounts).
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IndexReader } from './index-reader.js';
import { slotLinks, MAX_SCANNED } from './link-pages.js';
import type { SlotLink } from './link-pages.js';
import type { SourceName } from './source-name.js';

/** Links looked at between two turns of the event loop. */
const LINKS_A_TURN = 500;

/** What to join. */
export interface JoinRequest {
  readonly subject: string;
  /** Where the records name the subject. */
  readonly source: SourceName;
  /** Where, in the same records, they name the other subjects; with its leading dot. */
  readonly pathToOther: string;
  /** Only records of these DIDs; empty means all. */
  readonly dids: ReadonlySet<string>;
  /** Only these other subjects; empty means all. */
  readonly otherSubjects: ReadonlySet<string>;
}

/** Another subject, and how the subject's records link to it. */
export interface OtherCount {
  readonly subject: string;
  /** Links. */
  readonly total: number;
  /** Different DIDs among them. */
  readonly distinct: number;
}

/** One joined pair. */
export interface JoinItem {
  readonly did: string;
  readonly collection: string;
  readonly rkey: string;
  readonly otherSubject: string;
}

/** A place between two pairs: the link to the subject, and how many of its record's pairs were given. */
export interface JoinPlace {
  readonly seq: number;
  readonly skip: number;
}

/** A link to the subject with the other slots of its record. */
interface Joined {
  readonly link: SlotLink;
  readonly did: string;
  readonly others: readonly { slotId: number; target: string }[];
}

/**
 * Counts by other subject, those first that were first linked to.
 *
 * @param from - id of the first slot of the page; null for the first page
 * @returns `next`: the slot that the next page begins with, null at the end
 */
export async function countOthers(
  reader: IndexReader,
  request: JoinRequest,
  { limit, from }: { limit: number; from: number | null }
): Promise<{ items: OtherCount[]; next: number | null }> {
  const groups = new Map<
    number,
    { subject: string; total: number; dids: Set<number> }
  >();
  let place: number | null = 0;
  while (place !== null) {
    const batch = joinedLinks(reader, request, place, LINKS_A_TURN);
    for (const { link, others } of batch.items) {
      // Of a record that names several others only the first one that is asked
      // for counts: so the real server has it (tests/fixtures/golden,
      // hiddenReplies[]).
      const first = others.find(({ target }) => wanted(request, target));
      if (first === undefined) continue;
      const { slotId, target } = first;
      if (from === null || slotId >= from) {
        const group = groups.get(slotId) ?? {
          subject: target,
          total: 0,
          dids: new Set(),
        };
        group.total++;
        group.dids.add(link.didId);
        groups.set(slotId, group);
      }
    }
    place = batch.next;
    if (place !== null) {
      await nextTurn();
      reader.refresh();
    }
  }
  const slotIds = [...groups.keys()].sort((a, b) => a - b);
  const items: OtherCount[] = [];
  for (const slotId of slotIds.slice(0, limit)) {
    const group = groups.get(slotId);
    if (group === undefined) continue;
    const { subject, total, dids } = group;
    items.push({ subject, total, distinct: dids.size });
  }
  return { items, next: slotIds[limit] ?? null };
}

/** The pairs themselves, oldest link to the subject first; one bounded page. */
export function joinPage(
  reader: IndexReader,
  request: JoinRequest,
  { limit, from }: { limit: number; from: JoinPlace | null }
): { items: JoinItem[]; next: JoinPlace | null } {
  const { collection } = request.source;
  const batch = joinedLinks(reader, request, from?.seq ?? 0, MAX_SCANNED);
  const items: JoinItem[] = [];
  for (const { link, did, others } of batch.items) {
    const skip = link.seq === from?.seq ? from.skip : 0;
    for (const [index, { target }] of others.entries()) {
      if (index < skip || !wanted(request, target)) continue;
      if (items.length >= limit) {
        return { items, next: { seq: link.seq, skip: index } };
      }
      items.push({ did, collection, rkey: link.rkey, otherSubject: target });
    }
  }
  const next = batch.next === null ? null : { seq: batch.next, skip: 0 };
  return { items, next };
}

/** Some links to the subject from a place on, with what their records link to. */
function joinedLinks(
  reader: IndexReader,
  request: JoinRequest,
  fromSeq: number,
  most: number
): { items: Iterable<Joined>; next: number | null } {
  const { subject, source, pathToOther } = request;
  const slot = reader.slot(subject, source);
  const otherSourceId = reader.sourceId({
    collection: source.collection,
    path: pathToOther,
  });
  if (slot === null || otherSourceId === null) return { items: [], next: null };
  const links: SlotLink[] = [];
  const order = { from: fromSeq, reverse: true };
  for (const link of slotLinks(reader, slot.slotId, order)) {
    if (links.length === most) {
      return {
        items: join(reader, request, otherSourceId, links),
        next: link.seq,
      };
    }
    links.push(link);
  }
  return { items: join(reader, request, otherSourceId, links), next: null };
}

function* join(
  reader: IndexReader,
  { source, dids }: JoinRequest,
  otherSourceId: number,
  links: readonly SlotLink[]
): Generator<Joined> {
  for (const link of links) {
    const { did, active } = reader.account(link.didId);
    if (!active || (dids.size > 0 && !dids.has(did))) continue;
    const others: { slotId: number; target: string }[] = [];
    const refs = reader.recordLinks(link.didId, source.collection, link.rkey);
    for (const { slotId } of refs) {
      const { sourceId, target } = reader.slotName(slotId);
      if (sourceId === otherSourceId) others.push({ slotId, target });
    }
    if (others.length > 0) yield { link, did, others };
  }
}

function wanted({ otherSubjects }: JoinRequest, target: string): boolean {
  return otherSubjects.size === 0 || otherSubjects.has(target);
}
