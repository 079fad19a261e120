import type { EventHeader } from '../log/event-header.js';

/** Which events a client wants. */
export interface EventFilter {
  /** Collections by their whole name. With no prefixes and empty: all. */
  readonly collections: ReadonlySet<string>;
  /** Beginnings of collections, ending in a dot: `app.bsky.graph.`. */
  readonly prefixes: readonly string[];
  /** Empty: all. */
  readonly dids: ReadonlySet<string>;
  /** Longest JSON of an event, in bytes. 0: no limit. */
  readonly maxMessageSizeBytes: number;
}

/** What a client asks for, in the words of Jetstream. */
export interface WantedEvents {
  readonly wantedCollections: readonly string[];
  readonly wantedDids: readonly string[];
  readonly maxMessageSizeBytes: number;
}

/** Jetstream's own limits (bluesky-social/jetstream, README). */
const limits = { collections: 100, dids: 10_000 };

/** https://atproto.com/specs/nsid, at most 317 characters. */
const nsid =
  /^(?=.{1,317}$)[a-zA-Z]([a-zA-Z0-9-]{0,62})?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,62})?)+\.[a-zA-Z][a-zA-Z0-9]{0,62}$/;

/** https://atproto.com/specs/nsid, the part before `.*`. */
const nsidBeginning =
  /^(?=.{1,317}$)[a-zA-Z]([a-zA-Z0-9-]{0,62})?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,62})?)*\.$/;

/** https://atproto.com/specs/did, at most 2 KiB. */
const did = /^(?=.{1,2048}$)did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]$/;

/**
 * Reads what a client wants.
 * @returns a filter, or the sentence that Jetstream would refuse it with
 */
export function filterOf(wanted: WantedEvents): EventFilter | string {
  const { wantedCollections, wantedDids, maxMessageSizeBytes } = wanted;
  if (wantedCollections.length > limits.collections) {
    return `too many wanted collections: ${wantedCollections.length} > ${limits.collections}`;
  }
  if (wantedDids.length > limits.dids) {
    return `too many wanted DIDs: ${wantedDids.length} > ${limits.dids}`;
  }
  const collections = new Set<string>();
  const prefixes: string[] = [];
  for (const collection of wantedCollections) {
    const beginning = collection.slice(0, -1);
    if (nsid.test(collection)) collections.add(collection);
    else if (collection.endsWith('.*') && nsidBeginning.test(beginning)) {
      prefixes.push(beginning);
    } else return `invalid collection: ${collection.slice(0, 400)}`;
  }
  const badDid = wantedDids.find((wantedDid) => !did.test(wantedDid));
  if (badDid !== undefined) return `invalid DID: ${badDid.slice(0, 400)}`;
  return {
    collections,
    prefixes,
    dids: new Set(wantedDids),
    maxMessageSizeBytes: Math.max(0, maxMessageSizeBytes),
  };
}

/** Whether every event passes, so that none has to be looked at. */
export function wantsAll(filter: EventFilter): boolean {
  const { collections, prefixes, dids, maxMessageSizeBytes } = filter;
  return (
    collections.size === 0 &&
    prefixes.length === 0 &&
    dids.size === 0 &&
    maxMessageSizeBytes === 0
  );
}

/**
 * Whether an event passes. Account and identity events have no collection and
 * pass whatever collections are wanted.
 * @param sizeBytes of its JSON
 */
export function wants(
  filter: EventFilter,
  header: EventHeader,
  sizeBytes: number
): boolean {
  const { collections, prefixes, dids, maxMessageSizeBytes } = filter;
  if (maxMessageSizeBytes > 0 && sizeBytes > maxMessageSizeBytes) return false;
  if (dids.size > 0 && !dids.has(header.did ?? '')) return false;
  const { collection } = header;
  if (collection === undefined) return true;
  if (collections.size === 0 && prefixes.length === 0) return true;
  return (
    collections.has(collection) ||
    prefixes.some((prefix) => collection.startsWith(prefix))
  );
}
