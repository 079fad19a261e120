import { countAt, parseLinkCounts } from './link-counts.js';

/** What links to an account, in numbers. */
export interface ProfileStats {
  readonly followers: number;
  /** Mentions in posts whose facets carry a `$type` and in those that do not. */
  readonly mentions: number;
}

/** The names in {@link ProfileStats}. */
export const PROFILE_STATS_FIELDS = [
  'followers',
  'mentions',
] as const satisfies readonly (keyof ProfileStats)[];

const POST = 'app.bsky.feed.post';
const MENTION = 'features[app.bsky.richtext.facet#mention].did';

/**
 * Reads both numbers from one `GET /links/all/count`.
 * @throws ConstellationError `BAD_SHAPE`
 */
export function parseProfileStats(body: unknown): ProfileStats {
  const counts = parseLinkCounts(body);
  return Object.freeze({
    followers: countAt(counts, 'app.bsky.graph.follow', '.subject'),
    mentions:
      countAt(counts, POST, `.facets[].${MENTION}`) +
      countAt(counts, POST, `.facets[app.bsky.richtext.facet].${MENTION}`),
  });
}

/** The larger of each number. */
export function largerProfileStats(
  a: ProfileStats,
  b: ProfileStats
): ProfileStats {
  return Object.freeze({
    followers: Math.max(a.followers, b.followers),
    mentions: Math.max(a.mentions, b.mentions),
  });
}
