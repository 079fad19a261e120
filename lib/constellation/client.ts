import type { Answer, Batch, CallOptions } from './answer.js';
import { createApi, type ConstellationApi } from './api.js';
import { closedError } from './call-errors.js';
import type { ClientStats, LocalStats } from './client-stats.js';
import { systemClock, type Clock } from './clock.js';
import { Ending } from './ending.js';
import { safely } from './events.js';
import { Lookup } from './lookup.js';
import type { LookupContext } from './lookup-context.js';
import { openIndexPair, type OpenIndexPair } from './open-index-pair.js';
import { checkNumber } from './option-check.js';
import {
  NUMBER_RULES,
  type ConstellationOptions,
  type ResolvedOptions,
} from './options.js';
import type { PostStats } from './post-stats.js';
import type { ProfileStats } from './profile-stats.js';
import { RedisCache } from './redis-cache.js';
import { resolveOptions } from './resolve-options.js';
import { postLookup, profileLookup } from './stats-lookups.js';
import { Usage } from './usage.js';

/** What tests replace. */
export interface ClientSurroundings {
  readonly clock?: Clock;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

/**
 * Asks the nearest Constellation index that can answer. Connects to Redis at
 * once where one is set, to the indexes when first asked.
 */
export class ConstellationClient {
  /** The whole API; for a post's or an account's numbers see the methods. */
  readonly api: ConstellationApi;
  /** The options with all defaults filled in. */
  readonly options: ResolvedOptions;
  readonly #clock: Clock;
  readonly #closing = new Ending();
  readonly #usage = new Usage();
  readonly #indexes: OpenIndexPair;
  readonly #redis: RedisCache | null;
  readonly #posts: Lookup<string, PostStats>;
  readonly #profiles: Lookup<string, ProfileStats>;
  #closed: Promise<void> | null = null;

  /** @throws ConstellationError `BAD_OPTION` or `BAD_URL`, naming the option */
  constructor(
    options: ConstellationOptions,
    surroundings: ClientSurroundings = {}
  ) {
    this.options = resolveOptions(options);
    this.#clock = surroundings.clock ?? systemClock;
    const random = surroundings.random ?? Math.random;
    const emit = safely(this.options.onEvent);
    this.#indexes = openIndexPair(this.options, {
      clock: this.#clock,
      random,
      emit,
      closing: this.#closing,
    });
    this.#redis =
      this.options.redisUrl === null
        ? null
        : new RedisCache({
            url: this.options.redisUrl,
            timeoutMs: this.options.redisTimeoutMs,
            clock: this.#clock,
            emit,
          });
    const context = this.#context(random);
    this.#posts = new Lookup(context, postLookup(this.options.memoryEntries));
    this.#profiles = new Lookup(
      context,
      profileLookup(this.options.memoryEntries)
    );
    this.api = createApi(context);
  }

  /**
   * A post's likes, reposts, replies and quotes, from one request.
   *
   * @param uri `at://DID/COLLECTION/RKEY`, with a DID and not a handle
   * @throws ConstellationError where there is no answer of any kind
   */
  async postStats(uri: string, call?: CallOptions): Promise<Answer<PostStats>> {
    return this.#posts.one(uri, checked(call));
  }

  /**
   * Many posts within one deadline. Each is in exactly one of the two maps.
   * @throws ConstellationError `BAD_OPTION` for a bad deadline; nothing else
   */
  async postStatsOf(
    uris: readonly string[],
    call?: CallOptions
  ): Promise<Batch<string, PostStats>> {
    return this.#posts.many(uris, checked(call));
  }

  /**
   * An account's followers and mentions, from one request.
   * @throws ConstellationError where there is no answer of any kind
   */
  async profileStats(
    did: string,
    call?: CallOptions
  ): Promise<Answer<ProfileStats>> {
    return this.#profiles.one(did, checked(call));
  }

  /**
   * Many accounts within one deadline. Each is in exactly one of the two maps.
   * @throws ConstellationError `BAD_OPTION` for a bad deadline; nothing else
   */
  async profileStatsOf(
    dids: readonly string[],
    call?: CallOptions
  ): Promise<Batch<string, ProfileStats>> {
    return this.#profiles.many(dids, checked(call));
  }

  /**
   * Waits for Redis to be connected, so that the first answers come from it.
   * Nothing needs this; without it the first moments do without Redis.
   *
   * @returns whether it is connected; false without Redis
   */
  async ready(timeoutMs = 1_000): Promise<boolean> {
    return (await this.#redis?.ready(timeoutMs)) ?? false;
  }

  /**
   * Looks at a local main index where the last look is seconds old, so that
   * `stats().local` tells how it is now although nobody asks anything. Does
   * nothing for a remote one.
   */
  async look(): Promise<void> {
    await this.#indexes.pair.look();
  }

  /** Everything that was counted so far. */
  stats(): ClientStats {
    const { pair, main, fallback } = this.#indexes;
    return {
      ...this.#usage.summary(),
      fallbacks: pair.fallbacks,
      posts: this.#posts.stats(),
      profiles: this.#profiles.stats(),
      redis: this.#redis?.stats() ?? null,
      main: main.stats(),
      fallback: fallback?.stats() ?? null,
      local: this.#localStats(),
    };
  }

  /** Ends everything under way; further calls fail with `CLOSED`. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.end(closedError());
    await Promise.all([this.#indexes.close(), this.#redis?.close()]);
  }

  #context(random: () => number): LookupContext {
    const { main, fallback } = this.options;
    const { staleWhileRefreshSeconds, staleOnErrorSeconds } = this.options;
    const localTtl = main.policy.ttlSeconds;
    const remoteTtl = fallback?.policy.ttlSeconds ?? localTtl;
    return {
      pair: this.#indexes.pair,
      clock: this.#clock,
      redis: this.#redis,
      usage: this.#usage,
      stale: {
        // Who wants no caching wants nothing served past its time either.
        whileRefreshingMs: localTtl === 0 ? 0 : staleWhileRefreshSeconds * 1000,
        inNeedMs: staleOnErrorSeconds * 1000,
      },
      deadlineMs: this.options.deadlineMs,
      ttlSeconds: (origin) => (origin === 'local' ? localTtl : remoteTtl),
      random,
      closing: this.#closing,
    };
  }

  #localStats(): LocalStats | null {
    const { pair } = this.#indexes;
    const { standing, completeness } = pair;
    if (standing === null) return null;
    const seenMsAgo = this.#clock.monotonicMs() - standing.observedAtMs;
    return {
      verdict: standing.verdict,
      completeness,
      newestEventAgeMs: standing.newestEventAgeMs,
      disk: standing.disk,
      seenMsAgo: Number.isFinite(seenMsAgo) ? seenMsAgo : null,
    };
  }
}

/** @throws ConstellationError `BAD_OPTION` for a deadline that is none */
function checked(call: CallOptions | undefined): CallOptions | undefined {
  checkNumber('deadlineMs', call?.deadlineMs, NUMBER_RULES.deadlineMs);
  return call;
}
