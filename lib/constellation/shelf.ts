import {
  ageOf,
  freshnessOf,
  type CacheEntry,
  type Freshness,
} from './cache-entry.js';
import type { Answer, AnswerSource } from './answer.js';
import type { Clock } from './clock.js';
import type { LookupContext } from './lookup-context.js';
import {
  MemoryCache,
  type MemoryCacheOptions,
  type MemoryCacheStats,
} from './memory-cache.js';
import type { Found, Origin, Question } from './question.js';
import type { RedisEntry } from './redis-entry.js';

/** How a kind of value is written in Redis. */
export interface RedisCodec<T> {
  /** Stands before the key. */
  readonly prefix: string;
  /** Null for what is not one. */
  readonly read: (text: string) => RedisEntry<T> | null;
  readonly write: (entry: RedisEntry<T>) => string;
}

/** A value on the shelf and what it is good for. */
export interface Shelved<T> {
  readonly entry: CacheEntry<T>;
  readonly freshness: Freshness;
}

/** A moment, as both clocks have it. */
interface Times {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** What is known to be incomplete or of unknown age is kept no longer. */
const SHORT_MS = 5_000;
/** Times to live vary by this share, so that not all end at once. */
const JITTER = 0.1;

/** Where one kind of answer is kept: in memory, and behind it in Redis. */
export class Shelf<T> {
  readonly #context: LookupContext;
  readonly #memory: MemoryCache<T>;
  readonly #codec: RedisCodec<T> | null;

  constructor(
    context: LookupContext,
    memory: MemoryCacheOptions<T>,
    codec: RedisCodec<T> | null
  ) {
    this.#context = context;
    this.#memory = new MemoryCache(memory);
    this.#codec = codec;
  }

  /** What memory has, unless it is of no use any more. */
  get(
    key: string,
    nowMs = this.#context.clock.monotonicMs()
  ): Shelved<T> | null {
    const entry = this.#memory.get(key);
    if (entry === undefined) return null;
    const freshness = freshnessOf(entry, nowMs, this.#context.stale);
    return freshness === 'useless' ? null : { entry, freshness };
  }

  /**
   * What Redis has of these keys and is fresh; kept in memory as well.
   *
   * @param limitMs the longest it may take
   * @param trusts whether what does not say where it is from can be taken for
   *   whole: an older program may have asked an index too young to know
   * @returns in the order of the keys; null for what is not there or not fresh
   */
  async fromRedis(
    keys: readonly string[],
    limitMs: number,
    trusts: (key: string) => boolean
  ): Promise<readonly (CacheEntry<T> | null)[]> {
    const { redis } = this.#context;
    if (redis === null || this.#codec === null) return [];
    const { prefix } = this.#codec;
    const texts = await redis.read(
      keys.map((key) => prefix + key),
      limitMs
    );
    if (texts === null) return [];
    // One look at the clocks for all: each costs a tenth of an entry.
    const now = timesOf(this.#context.clock);
    return keys.map((key, index) => {
      const text = texts[index] ?? null;
      const entry = text === null ? null : this.#decode(text, now);
      const fresh =
        entry !== null &&
        (entry.origin !== null || trusts(key)) &&
        this.#take(key, entry, now.monotonicMs);
      redis.countRead(
        fresh ? 'hit' : text !== null && entry === null ? 'garbage' : 'miss'
      );
      return fresh ? entry : null;
    });
  }

  /**
   * Keeps what an index said; a partial answer never replaces a whole one.
   * @param merge see {@link Question}
   */
  keep(
    key: string,
    found: Found<T>,
    merge: Question<T>['merge']
  ): CacheEntry<T> {
    const { clock, redis, random, ttlSeconds } = this.#context;
    const ttlMs = ttlSeconds(found.origin) * 1000;
    const jitteredMs = ttlMs * (1 - JITTER + 2 * JITTER * random());
    const value = this.#bridged(key, found, merge);
    const entry: CacheEntry<T> = {
      value,
      origin: found.origin,
      partial: found.partial,
      fetchedAtMs: clock.monotonicMs(),
      ageKnown: true,
      freshMs: found.partial ? Math.min(SHORT_MS, jitteredMs) : jitteredMs,
    };
    if (found.partial && this.get(key)?.entry.partial === false) return entry;
    this.#memory.set(key, entry);
    if (redis !== null && this.#codec !== null && !found.partial && ttlMs > 0) {
      const text = this.#codec.write({
        value,
        origin: found.origin,
        fetchedAtMs: Math.round(clock.wallMs()),
      });
      redis.write(
        this.#codec.prefix + key,
        text,
        Math.max(1, Math.round(jitteredMs / 1000))
      );
    }
    return entry;
  }

  /** An answer as callers get it. */
  answer(
    entry: CacheEntry<T>,
    source: AnswerSource,
    nowMs = this.#context.clock.monotonicMs()
  ): Answer<T> {
    return {
      value: entry.value,
      source,
      origin: entry.origin,
      ageMs: ageOf(entry, nowMs),
      partial: entry.partial,
    };
  }

  /** An answer that is not kept, because a better one is on its way. */
  interim(found: Found<T>): Answer<T> {
    const { value, origin, partial } = found;
    return { value, source: sourceOf(origin), origin, ageMs: 0, partial };
  }

  memoryStats(): MemoryCacheStats {
    return this.#memory.stats();
  }

  /**
   * Two indexes are never equally far. Where another one answers than the last
   * time, the larger number stands once more, so that none goes down only
   * because the source changed; the next answer from there is taken as it is.
   */
  #bridged(key: string, found: Found<T>, merge: Question<T>['merge']): T {
    const known = this.get(key);
    const isOld = known === null || known.freshness === 'in-need';
    if (isOld || merge === null || found.partial) return found.value;
    const { origin, partial, value } = known.entry;
    if (partial || origin === null || origin === found.origin) {
      return found.value;
    }
    return merge(value, found.value);
  }

  #decode(text: string, now: Times): CacheEntry<T> | null {
    const read = this.#codec?.read(text) ?? null;
    if (read === null) return null;
    const ttlMs = this.#context.ttlSeconds(read.origin) * 1000;
    const ageKnown = read.fetchedAtMs !== null;
    // Two machines' clocks differ: an entry is never younger than just written.
    const ageMs = ageKnown
      ? Math.max(0, now.wallMs - (read.fetchedAtMs ?? 0))
      : 0;
    return {
      value: read.value,
      origin: read.origin,
      partial: false,
      fetchedAtMs: now.monotonicMs - ageMs,
      ageKnown,
      freshMs: ageKnown ? ttlMs * (1 + JITTER) : Math.min(SHORT_MS, ttlMs),
    };
  }

  /** Keeps what Redis had unless memory's is newer; whether it is fresh. */
  #take(key: string, entry: CacheEntry<T>, nowMs: number): boolean {
    const known = this.#memory.get(key);
    if (
      known === undefined ||
      known.partial ||
      known.fetchedAtMs < entry.fetchedAtMs
    ) {
      this.#memory.set(key, entry);
    }
    return freshnessOf(entry, nowMs, this.#context.stale) === 'fresh';
  }
}

function timesOf(clock: Clock): Times {
  return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
}

/** The source of an answer that came from the indexes just now. */
export function sourceOf(origin: Origin | null): AnswerSource {
  return origin === 'local' ? 'local' : 'remote';
}
