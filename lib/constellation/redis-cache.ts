import { Redis } from 'ioredis';
import { CircuitBreaker } from './circuit-breaker.js';
import type { CancelTimer, Clock } from './clock.js';
import type { EventListener } from './events.js';
import { RedisUsage, type RedisStats } from './redis-usage.js';
import { RedisWrites } from './redis-writes.js';

/** What a {@link RedisCache} needs. */
export interface RedisCacheOptions {
  /** `redis://` or `rediss://`, credentials allowed; never shown. */
  readonly url: string;
  /** The longest a read may hold a call up, in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly emit: EventListener;
}

/** Reads left out for a moment after this many failed in a row. */
const READ_BREAKER = {
  failuresInRow: 3,
  windowSize: 20,
  failureShare: 0.5,
  openMs: 500,
  longestOpenMs: 10_000,
} as const;

/**
 * Redis as a cache that can only help: it never throws, a read never takes
 * longer than `timeoutMs`, and while it is away nobody waits for it at all.
 */
export class RedisCache {
  readonly #options: RedisCacheOptions;
  readonly #redis: Redis;
  readonly #breaker = new CircuitBreaker(READ_BREAKER);
  readonly #usage = new RedisUsage();
  readonly #writes: RedisWrites;
  #available: boolean | null = null;

  /** Starts connecting. */
  constructor(options: RedisCacheOptions) {
    this.#options = options;
    this.#redis = new Redis(options.url, {
      lazyConnect: true,
      // A command either leaves now or fails now; nothing queues up.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // The check would print a warning where INFO is not allowed.
      enableReadyCheck: false,
      connectTimeout: 2_000,
      retryStrategy: (times) => Math.min(2_000, 50 * 2 ** Math.min(times, 6)),
    });
    this.#writes = new RedisWrites(this.#redis, options.clock, this.#usage);
    this.#redis.on('ready', () => this.#become(true, null));
    this.#redis.on('close', () => this.#become(false, 'connection closed'));
    this.#redis.on('error', (error) => this.#become(false, reasonOf(error)));
    this.#redis.connect().catch(() => undefined);
  }

  /** Resolves once connected, or after `timeoutMs` whatever happened. */
  ready(timeoutMs: number): Promise<boolean> {
    if (this.#redis.status === 'ready') return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        this.#redis.off('ready', finish);
        resolve(this.#redis.status === 'ready');
      };
      const cancel = this.#options.clock.after(timeoutMs, finish);
      this.#redis.on('ready', finish);
    });
  }

  /**
   * One MGET.
   *
   * @param limitMs less time than `timeoutMs`, where the call has less
   * @returns the values in the order of the keys; null where Redis could not
   *   be asked or did not answer in time
   */
  async read(
    keys: string[],
    limitMs: number
  ): Promise<(string | null)[] | null> {
    const { clock } = this.#options;
    const permit =
      this.#redis.status === 'ready'
        ? this.#breaker.acquire(clock.monotonicMs())
        : null;
    if (permit === null) {
      this.#usage.skipped += 1;
      return null;
    }
    const startedMs = clock.monotonicMs();
    const reply = await this.#bounded(this.#redis.mget(keys), limitMs);
    const nowMs = clock.monotonicMs();
    if (Array.isArray(reply)) {
      this.#usage.latency.record(nowMs - startedMs);
      this.#breaker.report(permit, 'success', nowMs);
      this.#become(true, null);
      return reply;
    }
    if (reply === 'timeout') this.#usage.timeouts += 1;
    else this.#usage.errors += 1;
    if (this.#breaker.report(permit, 'failure', nowMs) === 'open') {
      this.#become(false, reply === 'timeout' ? reply : reasonOf(reply));
      // What hangs on the old connection would hang for ever.
      if (reply === 'timeout') this.#redis.disconnect(true);
    }
    return null;
  }

  /** Keeps a value for `ttlSeconds`, soon, together with others. */
  write(key: string, text: string, ttlSeconds: number): void {
    this.#writes.add(key, text, ttlSeconds);
  }

  /** See {@link RedisWrites.hold}. */
  hold(): () => void {
    return this.#writes.hold();
  }

  /** A value was there, and whether it could be used. */
  countRead(result: 'hit' | 'miss' | 'garbage'): void {
    this.#usage.count(result);
  }

  stats(): RedisStats {
    return this.#usage.summary(
      this.#redis.status === 'ready' &&
        this.#breaker.allows(this.#options.clock.monotonicMs())
    );
  }

  /** Writes what waits, within a moment, and disconnects. */
  async close(): Promise<void> {
    await this.#writes.close();
    this.#redis.disconnect();
  }

  #bounded(
    reply: Promise<(string | null)[]>,
    limitMs: number
  ): Promise<(string | null)[] | 'timeout' | Error> {
    return new Promise((resolve) => {
      let cancel: CancelTimer = () => undefined;
      const settle = (value: (string | null)[] | Error): void => {
        cancel();
        resolve(value);
      };
      reply.then(settle, (error: unknown) =>
        settle(error instanceof Error ? error : new Error(String(error)))
      );
      const { clock, timeoutMs } = this.#options;
      cancel = clock.after(Math.min(timeoutMs, limitMs), () => {
        // After a busy moment the timer comes before a reply that has long
        // arrived: one look at the sockets first.
        setImmediate(() => setImmediate(() => resolve('timeout')));
      });
    });
  }

  #become(available: boolean, reason: string | null): void {
    if (this.#available === available) return;
    this.#available = available;
    this.#options.emit({
      type: 'redis',
      state: available ? 'available' : 'unavailable',
      reason,
    });
  }
}

/** A word for the failure, such as ECONNREFUSED or READONLY; no addresses. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{4,}/.exec(error.message)?.[0] ?? error.name;
}
