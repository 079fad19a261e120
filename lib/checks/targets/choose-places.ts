import type { FoundPlace, PlaceCounts } from './target.js';

/** A place with how much links to it. */
export interface CountedPlace extends PlaceCounts {
  readonly place: FoundPlace;
}

/**
 * Most links of a place that is listed whole. The most popular targets also
 * change while they are being compared.
 */
export const LISTED_RECORDS = 1000;

/**
 * The places to compare: of different sources, with enough links that their
 * lists have several pages and few enough that these can all be read. Pure.
 */
export function choosePlaces(
  candidates: readonly CountedPlace[],
  count: number
): readonly FoundPlace[] {
  const ranked = candidates
    .filter(({ records }) => records > 0)
    .sort((a, b) => rank(a.records) - rank(b.records));
  const bySource = new Map<string, CountedPlace>();
  for (const candidate of ranked) {
    const { collection, path } = candidate.place;
    const source = `${collection} ${path}`;
    if (!bySource.has(source)) bySource.set(source, candidate);
  }
  const firsts = new Set(bySource.values());
  const rest = ranked.filter((candidate) => !firsts.has(candidate));
  return [...firsts, ...rest].slice(0, count).map(({ place }) => place);
}

/** Smaller is better: the most links up to the limit, then the fewest above. */
function rank(records: number): number {
  return records <= LISTED_RECORDS ? LISTED_RECORDS - records : records;
}
