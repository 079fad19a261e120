import type { Clock } from '../../../../microcosm-bridge/constellation-embedded/jetstream/index.js';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  readonly #startMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs: number = Date.now()) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#elapsedMs;
  }

  elapsed(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#elapsedMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Time passes; timers run when they are due, also those set meanwhile. */
  advance(ms: number): void {
    const endMs = this.#elapsedMs + ms;
    for (;;) {
      const [next] = [...this.#timers]
        .filter(({ atMs }) => atMs <= endMs)
        .sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      this.#timers.delete(next);
      next.run();
    }
    this.#elapsedMs = endMs;
  }

  /** The thread was blocked: all that is due runs late, once. */
  block(ms: number): void {
    this.#elapsedMs += ms;
    const due = [...this.#timers].filter(({ atMs }) => atMs <= this.#elapsedMs);
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.run();
    }
  }
}
