import type { Clock } from './clock.js';

/** Lets through the first of many reports, and then one in an interval. */
export class Throttle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #lastMs: number | null = null;
  #count = 0;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** @returns how many there were since the last report; null: do not report */
  hit(): number | null {
    this.#count++;
    const nowMs = this.#clock.elapsed();
    if (this.#lastMs !== null && nowMs - this.#lastMs < this.#intervalMs) {
      return null;
    }
    const count = this.#count;
    this.#lastMs = nowMs;
    this.#count = 0;
    return count;
  }
}
