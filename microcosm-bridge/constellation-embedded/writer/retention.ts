/** `--retain-days`: drops what is older, a little after each batch. */

import { findExpired } from '../store/expiry.js';
import type { ExpiredLink } from '../store/expiry.js';
import type { Store } from '../store/open-store.js';
import { isDiskFull } from './disk-space.js';

const DAY_US = 86_400 * 1_000_000;

/** Entries that one step looks at: about 5 ms. */
const STEP_SCANNED = 5000;

/** Links that one step drops: about 30 ms. */
const STEP_DROPPED = 1000;

/** Least time between two steps, ms, so that a backlog of events comes first. */
const STEP_EVERY_MS = 200;

/** Least time from the beginning of one pass to that of the next, ms. */
const PASS_EVERY_MS = 3_600_000;

/** What it works on. */
export interface RetentionOptions {
  readonly days: number;
  readonly store: Store;
  /** Drops links, all or nothing. @returns how many went */
  readonly expire: (links: readonly ExpiredLink[]) => number;
  readonly now?: () => number;
}

/** Walks over all links again and again, a bounded step at a time. */
export class Retention {
  readonly #options: RetentionOptions;
  #next: Buffer | null = null;
  #steppedAtMs = -Infinity;
  #passBeganAtMs = -Infinity;
  #dropped = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Links dropped since the process started. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Before when nothing is promised to be there, µs since 1970. */
  get horizonUs(): number {
    return horizonUs(this.#options.days, this.#now());
  }

  /**
   * One step, if it is time for one; call it often. A disk that is full ends
   * the step, since dropping needs some room too.
   */
  step(): void {
    const now = this.#now();
    if (now - this.#steppedAtMs < STEP_EVERY_MS) return;
    const begins = this.#next === null;
    if (begins && now - this.#passBeganAtMs < PASS_EVERY_MS) return;
    this.#steppedAtMs = now;
    const { store, expire } = this.#options;
    const { links, next } = findExpired(store, this.#next, {
      beforeUs: this.horizonUs,
      maxScanned: STEP_SCANNED,
      maxFound: STEP_DROPPED,
    });
    try {
      if (links.length > 0) this.#dropped += expire(links);
      this.#next = next;
      if (begins) this.#passBeganAtMs = now;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  #now(): number {
    const { now = Date.now } = this.#options;
    return now();
  }
}

/** Records older than this are dropped, µs since 1970. */
export function horizonUs(days: number, nowMs: number): number {
  return Math.round(nowMs * 1000 - days * DAY_US);
}
