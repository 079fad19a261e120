import type { Network } from '../generator/network.js';

/** How often events are added where there is more than one a tick. */
const tickMs = 50;

/** After a pause (a stopped process) so much is made up for, or one event. */
const maxCatchUpMs = 1000;

/** What a live tail needs. */
export interface LiveTailOptions {
  readonly network: Network;
  /** More than 0. */
  readonly eventsPerSecond: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The newest `time_us` so far, in microseconds. */
  readonly newestTimeUs: () => number;
  readonly push: (lines: string[]) => void;
}

/**
 * How many events are due.
 * @param elapsedMs since the last time some were due
 * @returns the events, and the time that is not used up by them
 */
export function dueEvents(
  elapsedMs: number,
  eventsPerSecond: number
): { readonly events: number; readonly restMs: number } {
  const mostMs = Math.max(maxCatchUpMs, 1000 / eventsPerSecond);
  const usableMs = Math.min(Math.max(0, elapsedMs), mostMs);
  const events = Math.floor((usableMs * eventsPerSecond) / 1000);
  return { events, restMs: usableMs - (events * 1000) / eventsPerSecond };
}

/** Events that happen now, at a steady pace, made by an invented network. */
export class LiveTail {
  private readonly options: LiveTailOptions;
  private timer: NodeJS.Timeout | undefined;
  private lastMs = 0;
  private restMs = 0;

  constructor(options: LiveTailOptions) {
    this.options = options;
  }

  /** Begins, with one event at once; does nothing where it has begun. */
  start(): void {
    if (this.timer !== undefined) return;
    const { now, eventsPerSecond } = this.options;
    this.lastMs = now();
    this.restMs = 1000 / eventsPerSecond;
    const everyMs = Math.max(tickMs, Math.min(1000 / eventsPerSecond, 1000));
    this.timer = setInterval(() => this.tick(), everyMs);
    this.tick();
  }

  /** Ends. */
  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const { network, eventsPerSecond, now, newestTimeUs, push } = this.options;
    const nowMs = now();
    const elapsedMs = nowMs - this.lastMs + this.restMs;
    const { events, restMs } = dueEvents(elapsedMs, eventsPerSecond);
    this.lastMs = nowMs;
    this.restMs = restMs;
    if (events === 0) return;
    // Spread over the tick that is over, so that times do not stand still.
    const first = Math.max(newestTimeUs() + 1, nowMs * 1000 - events);
    push(Array.from({ length: events }, (_, i) => network.next(first + i)));
  }
}
