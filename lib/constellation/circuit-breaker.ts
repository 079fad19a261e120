/** Closed lets all through, open nothing, half-open one trial. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** When a {@link CircuitBreaker} opens, and for how long. */
export interface CircuitBreakerOptions {
  /** Failures in a row that open it; 1 or more. */
  readonly failuresInRow: number;
  /** How many of the latest outcomes the failure share is taken over. */
  readonly windowSize: number;
  /** Share of failures in a full window that opens it; above 0, at most 1. */
  readonly failureShare: number;
  /** How long it stays open the first time; doubles with each failed trial. */
  readonly openMs: number;
  /** The longest it stays open. */
  readonly longestOpenMs: number;
}

/** Defaults: quick to open, quick to try again. */
export const DEFAULT_BREAKER: CircuitBreakerOptions = {
  failuresInRow: 3,
  windowSize: 20,
  failureShare: 0.5,
  openMs: 1_000,
  longestOpenMs: 30_000,
};

/** Leave to make one request; give it back with how the request ended. */
export interface BreakerPermit {
  readonly trial: boolean;
  readonly period: number;
}

/** How a permitted request ended; `unknown` says nothing of the index. */
export type BreakerOutcome = 'success' | 'failure' | 'unknown';

/**
 * Leaves an index alone that keeps failing, and finds out by single trials
 * when it is back. Takes the time as an argument and holds no timer; outcomes
 * of requests that were sent in an earlier state are ignored.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #state: BreakerState = 'closed';
  #period = 0;
  #inRow = 0;
  #window: boolean[] = [];
  #openedAtMs = 0;
  #openMs: number;
  #trialOut = false;
  #opens = 0;

  constructor(options: CircuitBreakerOptions = DEFAULT_BREAKER) {
    this.#options = options;
    this.#openMs = options.openMs;
  }

  /** How often it has opened. */
  get opens(): number {
    return this.#opens;
  }

  /** The state at `nowMs`; an open breaker turns half-open with time. */
  state(nowMs: number): BreakerState {
    if (this.#state === 'open' && this.retryInMs(nowMs) === 0) {
      this.#enter('half-open');
    }
    return this.#state;
  }

  /** Milliseconds until the next trial; 0 unless open. */
  retryInMs(nowMs: number): number {
    if (this.#state !== 'open') return 0;
    return Math.max(0, this.#openedAtMs + this.#openMs - nowMs);
  }

  /** Whether {@link acquire} would give a permit. */
  allows(nowMs: number): boolean {
    const state = this.state(nowMs);
    return state === 'closed' || (state === 'half-open' && !this.#trialOut);
  }

  /** Leave for one request, or null while the index is left alone. */
  acquire(nowMs: number): BreakerPermit | null {
    if (!this.allows(nowMs)) return null;
    const trial = this.#state === 'half-open';
    if (trial) this.#trialOut = true;
    return { trial, period: this.#period };
  }

  /** Reports how a permitted request ended; the new state if that changed it. */
  report(
    permit: BreakerPermit,
    outcome: BreakerOutcome,
    nowMs: number
  ): BreakerState | null {
    if (permit.period !== this.#period) return null;
    if (permit.trial) {
      this.#trialOut = false;
      if (outcome === 'unknown') return null;
      if (outcome === 'success') {
        this.#openMs = this.#options.openMs;
        return this.#enter('closed');
      }
      this.#openMs = Math.min(this.#openMs * 2, this.#options.longestOpenMs);
      return this.#open(nowMs);
    }
    if (outcome === 'unknown') return null;
    return this.#count(outcome === 'failure') ? this.#open(nowMs) : null;
  }

  #count(failed: boolean): boolean {
    const { failuresInRow, windowSize, failureShare } = this.#options;
    this.#inRow = failed ? this.#inRow + 1 : 0;
    this.#window.push(failed);
    if (this.#window.length > windowSize) this.#window.shift();
    if (this.#inRow >= failuresInRow) return true;
    if (!failed || this.#window.length < windowSize) return false;
    const failures = this.#window.filter(Boolean).length;
    return failures / windowSize >= failureShare;
  }

  #open(nowMs: number): BreakerState {
    this.#openedAtMs = nowMs;
    this.#opens += 1;
    return this.#enter('open');
  }

  #enter(state: BreakerState): BreakerState {
    this.#state = state;
    this.#period += 1;
    this.#inRow = 0;
    this.#window = [];
    this.#trialOut = false;
    return state;
  }
}
