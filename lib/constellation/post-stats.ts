import { countAt, parseLinkCounts } from './link-counts.js';

/** What links to a post, in numbers. */
export interface PostStats {
  readonly likes: number;
  readonly reposts: number;
  readonly replies: number;
  /** Quotes without media and with media, which are two paths. */
  readonly quotes: number;
}

/** The names in {@link PostStats}. */
export const POST_STATS_FIELDS = [
  'likes',
  'reposts',
  'replies',
  'quotes',
] as const satisfies readonly (keyof PostStats)[];

const POST = 'app.bsky.feed.post';

/**
 * Reads all four numbers from one `GET /links/all/count`.
 * @throws ConstellationError `BAD_SHAPE`
 */
export function parsePostStats(body: unknown): PostStats {
  const counts = parseLinkCounts(body);
  return Object.freeze({
    likes: countAt(counts, 'app.bsky.feed.like', '.subject.uri'),
    reposts: countAt(counts, 'app.bsky.feed.repost', '.subject.uri'),
    replies: countAt(counts, POST, '.reply.parent.uri'),
    quotes:
      countAt(counts, POST, '.embed.record.uri') +
      countAt(counts, POST, '.embed.record.record.uri'),
  });
}

/** The larger of each number. */
export function largerPostStats(a: PostStats, b: PostStats): PostStats {
  return Object.freeze({
    likes: Math.max(a.likes, b.likes),
    reposts: Math.max(a.reposts, b.reposts),
    replies: Math.max(a.replies, b.replies),
    quotes: Math.max(a.quotes, b.quotes),
  });
}
