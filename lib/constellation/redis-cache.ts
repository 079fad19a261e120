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

/** A batch of more than these keys may take that many times as long. */
const KEYS_IN_TIME = 1_000;
/** Pause before connecting again, in milliseconds; doubles up to the longest. */
const RECONNECT_MS = 100;
const LONGEST_RECONNECT_MS = 2_000;

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
 * longer than `timeoutMs` for each thousand keys, and while it is away nobody
 * waits for it at all. It keeps no process alive: a script that is done ends.
 */
export class RedisCache {
  readonly #options: RedisCacheOptions;
  readonly #redis: Redis;
  readonly #breaker = new CircuitBreaker(READ_BREAKER);
  readonly #usage = new RedisUsage();
  readonly #writes: RedisWrites;
  #available: boolean | null = null;
  #failedConnects = 0;
  #cancelReconnect: CancelTimer = () => undefined;
  #closed = false;

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
      // Its own timer would keep a process alive.
      retryStrategy: () => null,
    });
    this.#writes = new RedisWrites(this.#redis, options.clock, this.#usage);
    this.#redis.on('connect', () => this.#redis.stream.unref());
    this.#redis.on('ready', () => {
      this.#failedConnects = 0;
      this.#become(true, null);
    });
    this.#redis.on('end', () => this.#connectLater());
    this.#redis.on('close', () => this.#become(false, 'connection closed'));
    this.#redis.on('error', (error) => this.#become(false, reasonOf(error)));
    this.#connect();
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
   * @param limitMs less time than it may take, where the call has less
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
    const reply = await this.#bounded(
      this.#redis.mget(keys),
      Math.min(limitMs, this.#limitMs(keys.length))
    );
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
      if (reply === 'timeout') this.#redis.disconnect();
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
    this.#closed = true;
    this.#cancelReconnect();
    await this.#writes.close();
    this.#redis.disconnect();
  }

  /** The longest a read of so many keys may take. */
  #limitMs(keys: number): number {
    return this.#options.timeoutMs * Math.ceil(keys / KEYS_IN_TIME);
  }

  #connect(): void {
    this.#redis.connect().catch(() => undefined);
  }

  #connectLater(): void {
    if (this.#closed) return;
    this.#cancelReconnect = this.#options.clock.afterIdle(
      Math.min(LONGEST_RECONNECT_MS, RECONNECT_MS * 2 ** this.#failedConnects),
      () => this.#connect()
    );
    this.#failedConnects += 1;
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
      cancel = this.#options.clock.after(limitMs, () => {
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
