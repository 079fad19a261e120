import type { Answer, Batch } from './answer.js';
import { ConstellationClient } from './client.js';
import type { ClientStats } from './client-stats.js';
import { optionsFrom, readEnvironment } from './environment.js';
import { PUBLIC_INSTANCE_URL } from './options.js';
import type { PostStats } from './post-stats.js';
import type { ProfileStats } from './profile-stats.js';

/*
 * The drop-in for an AppView's own integration file: the same exports, over
 * the client. The only file here that reads the environment and that does
 * anything at import.
 */

export type { PostStats, ProfileStats };

/** What an AppView's code says; all else comes from the environment. */
export interface ConstellationConfig {
  readonly enabled: boolean;
  readonly url: string;
  /** Seconds an answer is fresh; by kind of index where undefined. */
  readonly cacheTTL: number | undefined;
  /** Milliseconds a call takes at most; by kind of index where undefined. */
  readonly timeout: number | undefined;
  /** Overrules detection from the URL. */
  readonly isLocal?: boolean | undefined;
}

/** The numbers an AppView keeps of a post. */
interface PostAggregation {
  likeCount: number;
  repostCount: number;
  replyCount: number;
  quoteCount: number;
  bookmarkCount: number;
}

/** What the integration counts. */
interface IntegrationStats {
  readonly enabled: boolean;
  readonly statsRequested: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly apiErrors: number;
  /** Such as `12.34%`. */
  readonly hitRate: string;
  /** By source, with latencies and breakers; null where not enabled. */
  readonly client: ClientStats | null;
}

/**
 * Numbers of posts and profiles for an AppView's hydrators. Where it cannot
 * know, or knows only a lower bound, it says so by null and never by a zero.
 */
export class ConstellationIntegration {
  readonly #client: ConstellationClient | null;

  /**
   * @param config wins over the environment, which says the rest
   * @throws ConstellationError `BAD_OPTION` or `BAD_URL`, naming the option or
   *   the variable; never where it is not enabled
   */
  constructor(config: ConstellationConfig) {
    this.#client = config.enabled
      ? new ConstellationClient({
          ...optionsFrom(process.env),
          url: config.url,
          local: config.isLocal,
          ttlSeconds: config.cacheTTL,
          deadlineMs: config.timeout,
        })
      : null;
  }

  isEnabled(): boolean {
    return this.#client !== null;
  }

  /** @returns null where the numbers are not known in full; never throws */
  async getPostStats(uri: string): Promise<PostStats | null> {
    return wholeOrNull(await this.#client?.postStatsOf([uri]), uri);
  }

  /** @returns null where the numbers are not known in full; never throws */
  async getProfileStats(did: string): Promise<ProfileStats | null> {
    return wholeOrNull(await this.#client?.profileStatsOf([did]), did);
  }

  /**
   * Puts known numbers into the map, all within one deadline. What is known in
   * full replaces what the AppView counted; a number that may be too low or
   * is past its time only ever raises it; what is not known is left alone.
   * Never throws.
   */
  async enrichAggregations(
    aggregations: Map<string, PostAggregation>,
    uris: readonly string[]
  ): Promise<void> {
    const batch = await this.#client?.postStatsOf(uris);
    for (const [uri, answer] of batch?.answers ?? []) {
      const before = aggregations.get(uri);
      if (isLowerBound(answer)) {
        if (before !== undefined) {
          aggregations.set(uri, raised(before, answer.value));
        }
      } else {
        aggregations.set(uri, { ...(before ?? NONE), ...named(answer.value) });
      }
    }
  }

  /** What was asked and answered; `client` has it by source. */
  getStats(): IntegrationStats {
    const client = this.#client?.stats() ?? null;
    const asked = client?.asked ?? 0;
    const answers = client?.answers;
    const hits =
      (answers?.memory ?? 0) + (answers?.redis ?? 0) + (answers?.stale ?? 0);
    const share = asked === 0 ? 0 : hits / asked;
    return {
      enabled: this.isEnabled(),
      statsRequested: asked,
      cacheHits: hits,
      cacheMisses: asked - hits,
      apiErrors: (client?.main.errors ?? 0) + (client?.fallback?.errors ?? 0),
      hitRate: `${(share * 100).toFixed(2)}%`,
      client,
    };
  }

  /** Ends everything under way; afterwards nothing is known any more. */
  async close(): Promise<void> {
    await this.#client?.close();
  }
}

/** Built from the environment at import; see the README for its variables. */
export const constellationIntegration = fromEnvironment();

function fromEnvironment(): ConstellationIntegration {
  const { enabled, options } = readEnvironment(process.env);
  return new ConstellationIntegration({
    enabled,
    url: options.url ?? PUBLIC_INSTANCE_URL,
    cacheTTL: options.ttlSeconds,
    timeout: options.deadlineMs,
    isLocal: options.local,
  });
}

const NONE: PostAggregation = {
  likeCount: 0,
  repostCount: 0,
  replyCount: 0,
  quoteCount: 0,
  bookmarkCount: 0,
};

function wholeOrNull<T>(
  batch: Batch<string, T> | undefined,
  query: string
): T | null {
  const answer = batch?.answers.get(query);
  return answer === undefined || answer.partial ? null : answer.value;
}

/** Whether there may be more than the answer says. */
function isLowerBound(answer: Answer<PostStats>): boolean {
  return answer.partial || answer.source === 'stale' || answer.ageMs === null;
}

function named(stats: PostStats): Omit<PostAggregation, 'bookmarkCount'> {
  return {
    likeCount: stats.likes,
    repostCount: stats.reposts,
    replyCount: stats.replies,
    quoteCount: stats.quotes,
  };
}

function raised(before: PostAggregation, stats: PostStats): PostAggregation {
  return {
    ...before,
    likeCount: Math.max(before.likeCount, stats.likes),
    repostCount: Math.max(before.repostCount, stats.reposts),
    replyCount: Math.max(before.replyCount, stats.replies),
    quoteCount: Math.max(before.quoteCount, stats.quotes),
  };
}
