import { isDeepStrictEqual } from 'node:util';
import { parseEndpoints } from '../../../microcosm-bridge/constellation-embedded/jetstream/index.js';
import { readOverview } from '../../checks/api-check.js';
import { readCounts, readPage } from '../../checks/endpoints/answers.js';
import { IndexApi } from '../../checks/index-api.js';
import {
  choosePlaces,
  type CountedPlace,
} from '../../checks/targets/choose-places.js';
import { streamPlaces } from '../../checks/targets/stream-places.js';
import { fetchText, streamCounters } from '../../health/index.js';
import type { IndexFacts, Sentinel, Totals } from '../manifest/manifest.js';

/** Places whose counts are noted. */
const SENTINELS = 20;
/** Places that are looked at for them: those that change meanwhile do not count. */
const CANDIDATES = 60;
/** Targets that are asked about at most. */
const ASKED = 60;
const REQUEST_MS = 15_000;
const STREAM_MS = 4000;
/** How far back in the stream targets are looked for (µs). */
const BACK_US = 600_000_000;

/** Where a running server is asked. */
export interface LiveIndex {
  readonly api: string;
  /** Null: it has none that can be reached. */
  readonly metrics: string | null;
  readonly jetstream: readonly string[];
  /** Since when it is complete, ISO 8601; null: not known. */
  readonly since: string | null;
}

/**
 * What a running server says of itself. Its own `started_at` cannot be trusted
 * and is left out; the cursor follows from the age of its newest event.
 */
export async function liveFacts(
  { api, metrics, jetstream, since }: LiveIndex,
  signal: AbortSignal
): Promise<IndexFacts> {
  const totals = await liveTotals(api, signal);
  const nowMs = Date.now();
  const ageMs = await cursorAge(metrics, signal);
  return {
    cursorUs: ageMs === null ? null : Math.round((nowMs - ageMs) * 1000),
    endpoint: jetstream[0] ?? null,
    startedAt: null,
    completeSince: since,
    ...totals,
  };
}

/** How much a running server says it holds. */
export async function liveTotals(
  api: string,
  signal: AbortSignal
): Promise<Totals> {
  const index = new IndexApi(api, REQUEST_MS);
  const { dids, targetables, linkingRecords } = readOverview(
    await index.json('/', [], signal)
  );
  return { dids, targetables, linkingRecords };
}

async function cursorAge(
  metrics: string | null,
  signal: AbortSignal
): Promise<number | null> {
  if (metrics === null) return null;
  const { text } = await fetchText(`${metrics}/metrics`, { signal });
  return streamCounters(text).ageMs;
}

/** A place as it was at a moment. */
export interface LivePlace extends Sentinel {
  /** Its newest record, as text; null: it lists none. */
  readonly newest: string | null;
}

/**
 * Places that were the same before and after, and so in between, as many as are
 * noted: a link that went and another that came leave the count as it was, not
 * the newest record. Pure.
 */
export function unchangedPlaces(
  before: readonly LivePlace[],
  after: readonly LivePlace[]
): readonly Sentinel[] {
  return before
    .filter((one) => after.some((other) => isDeepStrictEqual(one, other)))
    .slice(0, SENTINELS)
    .map(({ newest: _newest, ...sentinel }) => sentinel);
}

/**
 * Counts places to choose from: those of an earlier backup, then what its stream
 * brought lately. Its API lists none.
 *
 * @param known targets that it is likely to have
 */
export async function livePlaces(
  { api, jetstream }: LiveIndex,
  known: readonly string[],
  signal: AbortSignal
): Promise<readonly LivePlace[]> {
  const index = new IndexApi(api, REQUEST_MS);
  const targets = new Set([...known, ...(await fromStream(jetstream, signal))]);
  const asked = [...targets].slice(0, ASKED);
  const counted = await countAll(index, asked, signal);
  const chosen = choosePlaces(counted, CANDIDATES);
  return await withNewest(
    index,
    counted.filter(({ place }) => chosen.includes(place)),
    signal
  );
}

/** The same places once more. */
export async function livePlacesAgain(
  api: string,
  places: readonly LivePlace[],
  signal: AbortSignal
): Promise<readonly LivePlace[]> {
  const index = new IndexApi(api, REQUEST_MS);
  const targets = new Set(places.map(({ target }) => target));
  const counted = await countAll(index, [...targets], signal);
  const isAmong = ({ place }: CountedPlace): boolean =>
    places.some(
      ({ target, collection, path }) =>
        target === place.target &&
        collection === place.collection &&
        path === place.path
    );
  return await withNewest(index, counted.filter(isAmong), signal);
}

async function countAll(
  index: IndexApi,
  targets: readonly string[],
  signal: AbortSignal
): Promise<readonly CountedPlace[]> {
  const counted: CountedPlace[] = [];
  for (const target of targets) {
    const body = await index.json('/links/all', [['target', target]], signal);
    for (const { collection, path, records, dids } of readCounts(body)) {
      counted.push({ place: { target, collection, path }, records, dids });
    }
  }
  return counted;
}

async function withNewest(
  index: IndexApi,
  counted: readonly CountedPlace[],
  signal: AbortSignal
): Promise<readonly LivePlace[]> {
  const places: LivePlace[] = [];
  for (const { place, records, dids } of counted) {
    const { target, collection, path } = place;
    const newest = await newestOf(index, place, signal);
    places.push({ target, collection, path, records, dids, newest });
  }
  return places;
}

async function newestOf(
  index: IndexApi,
  { target, collection, path }: CountedPlace['place'],
  signal: AbortSignal
): Promise<string | null> {
  const body = await index.json(
    '/links',
    [
      ['target', target],
      ['collection', collection],
      ['path', path],
      ['limit', '1'],
    ],
    signal
  );
  return readPage(body, 'linking_records').items[0] ?? null;
}

async function fromStream(
  jetstream: readonly string[],
  signal: AbortSignal
): Promise<readonly string[]> {
  const nowUs = Date.now() * 1000;
  for (const text of jetstream) {
    const urls = parseUrls(text);
    for (const url of urls.slice(0, 1)) {
      const places = await streamPlaces(url, {
        fromUs: nowUs - BACK_US,
        toUs: nowUs,
        timeoutMs: STREAM_MS,
        signal,
      });
      if (places.length > 0) return places.map(({ target }) => target);
    }
  }
  return [];
}

function parseUrls(text: string): readonly string[] {
  try {
    return parseEndpoints(text).map(({ url }) => url);
  } catch {
    return []; // a name that only the server knows
  }
}
