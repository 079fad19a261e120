import type { CancelTimer, Clock } from './clock.js';
import type { Ending, EndListener } from './ending.js';
import { ConstellationError } from './errors.js';
import { TokenBucket, type TokenBucketOptions } from './token-bucket.js';

/** How many requests an index gets at once, and how fast. */
export interface GateOptions {
  /** Requests under way at once; 1 or more. */
  readonly concurrency: number;
  /** The rate limit, or null for none. */
  readonly rate: TokenBucketOptions | null;
  /** Requests that may wait; one more is refused. */
  readonly waitingLimit: number;
}

/** What is asked for, and by how many. */
export interface Wanted {
  /** Callers still waiting; without any it only fills the cache. */
  readonly waiting: number;
}

/** Something waiting to be let in, until an ending. */
class Waiter implements EndListener {
  readonly wanted: Wanted;
  readonly #ending: Ending;
  readonly #leave: (waiter: Waiter) => void;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;

  constructor(
    wanted: Wanted,
    ending: Ending,
    leave: (waiter: Waiter) => void,
    resolve: () => void,
    reject: (error: Error) => void
  ) {
    this.wanted = wanted;
    this.#ending = ending;
    this.#leave = leave;
    this.#resolve = resolve;
    this.#reject = reject;
    ending.listen(this);
  }

  admit(): void {
    this.#ending.unlisten(this);
    this.#resolve();
  }

  refuse(error: Error): void {
    this.#ending.unlisten(this);
    this.#reject(error);
  }

  onEnded(reason: Error): void {
    this.#leave(this);
    this.#reject(reason);
  }
}

/**
 * The way in to one index: bounds the requests under way, keeps to the rate,
 * and lets those through first that a caller is still waiting for, so that
 * what is fetched behind never delays what is wanted now.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket | null;
  readonly #waiting: Waiter[] = [];
  #active = 0;
  #pausedUntilMs = -Infinity;
  #cancelTimer: CancelTimer | null = null;

  constructor(options: GateOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#bucket =
      options.rate === null
        ? null
        : new TokenBucket(options.rate, clock.monotonicMs());
  }

  /** Requests under way. */
  get active(): number {
    return this.#active;
  }

  /** Requests waiting to be let in. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Milliseconds the index asked to be left alone for; 0 when it did not. */
  get pausedMs(): number {
    return Math.max(0, this.#pausedUntilMs - this.#clock.monotonicMs());
  }

  /**
   * Waits for a place; every entry needs a {@link leave}.
   *
   * @param wanted looked at while it waits
   * @param ending ends the wait; its reason is what is thrown
   * @returns null where there was a place at once, so that nobody waits for a
   *   promise then; rejects like it throws
   * @throws ConstellationError `OVERLOADED` where too many wait already
   */
  enter(wanted: Wanted, ending: Ending): Promise<void> | null {
    ending.throwIfEnded();
    if (this.#waiting.length === 0 && this.#admitNow()) return null;
    if (this.#waiting.length >= this.#options.waitingLimit) {
      throw new ConstellationError(
        'OVERLOADED',
        `${this.#waiting.length} requests wait for the index already.`
      );
    }
    return this.#wait(wanted, ending);
  }

  /** Gives the place back. */
  leave(): void {
    this.#active -= 1;
    this.#admitWaiting();
  }

  /** The index asked for patience: lets nothing in for a while. */
  pause(pauseMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + pauseMs);
    this.#bucket?.drain(nowMs);
  }

  /** Sends everything that waits away. */
  refuseAll(error: Error): void {
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(error);
  }

  #wait(wanted: Wanted, ending: Ending): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(
        new Waiter(wanted, ending, this.#removed, resolve, reject)
      );
      this.#admitWaiting();
    });
  }

  readonly #removed = (waiter: Waiter): void => {
    const index = this.#waiting.indexOf(waiter);
    if (index !== -1) this.#waiting.splice(index, 1);
  };

  #admitNow(): boolean {
    if (this.#active >= this.#options.concurrency) return false;
    if (this.pausedMs > 0) return false;
    if (this.#bucket?.take(this.#clock.monotonicMs()) === false) return false;
    this.#active += 1;
    return true;
  }

  #admitWaiting(): void {
    while (this.#waiting.length > 0 && this.#admitNow()) {
      const wanted = this.#waiting.findIndex(
        ({ wanted: { waiting } }) => waiting > 0
      );
      this.#waiting.splice(Math.max(0, wanted), 1)[0]?.admit();
    }
    this.#wakeForToken();
  }

  #wakeForToken(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#waiting.length === 0) return;
    if (this.#active >= this.#options.concurrency) return;
    const forToken = this.#bucket?.delayMs(this.#clock.monotonicMs()) ?? 0;
    this.#cancelTimer = this.#clock.afterIdle(
      Math.max(forToken, this.pausedMs),
      () => this.#admitWaiting()
    );
  }
}
