import type { Redis } from 'ioredis';
import { CircuitBreaker } from './circuit-breaker.js';
import type { CancelTimer, Clock } from './clock.js';
import type { RedisUsage } from './redis-usage.js';

interface PendingWrite {
  readonly text: string;
  readonly ttlSeconds: number;
}

/** Most values that wait; the oldest is dropped for one more. */
const PENDING_LIMIT = 2_000;
/** This many leave at once, whatever they wait for. */
const PIPELINE_SIZE = 500;
/** How long a value waits for others, in milliseconds. */
const GATHER_MS = 50;
/**
 * How long those who hold can keep it, in milliseconds: where calls overlap
 * all the time there is always somebody.
 */
const LONGEST_HOLD_MS = 500;
/** A pipeline that takes longer counts as failed. */
const WRITE_TIMEOUT_MS = 1_000;

/** Writes are left out for a while after failures, as of a read-only replica. */
const WRITE_BREAKER = {
  failuresInRow: 2,
  windowSize: 10,
  failureShare: 0.5,
  openMs: 5_000,
  longestOpenMs: 60_000,
} as const;

/** Gathers values for a moment and writes them in one pipeline of SET EX. */
export class RedisWrites {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #usage: RedisUsage;
  readonly #breaker = new CircuitBreaker(WRITE_BREAKER);
  readonly #pending = new Map<string, PendingWrite>();
  #cancelTimer: CancelTimer | null = null;
  /** Whether what waits has waited long enough, but for those who hold. */
  #isDue = false;
  #holders = 0;
  #writing: Promise<void> | null = null;

  constructor(redis: Redis, clock: Clock, usage: RedisUsage) {
    this.#redis = redis;
    this.#clock = clock;
    this.#usage = usage;
  }

  /** @param ttlSeconds whole seconds, 1 or more */
  add(key: string, text: string, ttlSeconds: number): void {
    this.#pending.delete(key);
    this.#pending.set(key, { text, ttlSeconds });
    if (this.#pending.size > PENDING_LIMIT) {
      for (const oldest of this.#pending.keys()) {
        this.#pending.delete(oldest);
        this.#usage.writesDropped += 1;
        break;
      }
    }
    if (this.#pending.size >= PIPELINE_SIZE && this.#writing === null) {
      void this.flush();
    } else {
      this.#cancelTimer ??= this.#wait(GATHER_MS, () => this.#becomeDue());
    }
  }

  /**
   * Keeps values back until all who hold have let go, so that what a page of
   * posts brings goes in one pipeline; but not without end.
   *
   * @returns lets go; to be called once
   */
  hold(): () => void {
    this.#holders += 1;
    return () => {
      this.#holders -= 1;
      if (this.#holders === 0 && this.#isDue) void this.flush();
    };
  }

  /** Writes what waits; never throws. One pipeline at a time. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#isDue = false;
    while (this.#writing !== null) await this.#writing;
    if (this.#pending.size === 0) return;
    const batch = [...this.#pending];
    this.#pending.clear();
    this.#writing = this.#write(batch).finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  /** Writes what waits and takes no more. */
  async close(): Promise<void> {
    await this.flush();
    this.#cancelTimer?.();
  }

  #becomeDue(): void {
    if (this.#holders === 0) {
      void this.flush();
      return;
    }
    this.#isDue = true;
    this.#cancelTimer = this.#wait(
      LONGEST_HOLD_MS - GATHER_MS,
      () => void this.flush()
    );
  }

  #wait(delayMs: number, callback: () => void): CancelTimer {
    return this.#clock.afterIdle(delayMs, callback);
  }

  async #write(batch: readonly [string, PendingWrite][]): Promise<void> {
    const permit =
      this.#redis.status === 'ready'
        ? this.#breaker.acquire(this.#clock.monotonicMs())
        : null;
    if (permit === null) {
      this.#usage.writesDropped += batch.length;
      return;
    }
    const pipeline = this.#redis.pipeline();
    for (const [key, { text, ttlSeconds }] of batch) {
      pipeline.set(key, text, 'EX', ttlSeconds);
    }
    this.#usage.pipelines += 1;
    const failures = await this.#failuresOf(pipeline.exec(), batch.length);
    this.#usage.writes += batch.length - failures;
    this.#usage.writeErrors += failures;
    const outcome = failures === batch.length ? 'failure' : 'success';
    this.#breaker.report(permit, outcome, this.#clock.monotonicMs());
  }

  #failuresOf(
    reply: Promise<[error: Error | null, result: unknown][] | null>,
    size: number
  ): Promise<number> {
    return new Promise((resolve) => {
      const cancel = this.#clock.afterIdle(WRITE_TIMEOUT_MS, () =>
        resolve(size)
      );
      reply.then(
        (results) => {
          cancel();
          const failed = results?.filter(([error]) => error !== null);
          resolve(failed?.length ?? size);
        },
        () => {
          cancel();
          resolve(size);
        }
      );
    });
  }
}
