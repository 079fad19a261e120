import type { JetstreamEvent } from '../event.js';
import { batchDelayMs } from './batch.js';
import type { BatchTiming, JetstreamBatch } from './batch.js';
import type { Clock } from './clock.js';
import type { Gap } from './gap.js';

/** Limits of a batch. */
export interface BatchLimits extends BatchTiming {
  readonly maxBatchBytes: number;
}

/** An event and what is known of it. */
export interface ReadEvent {
  readonly event: JetstreamEvent;
  /** Size of its text. */
  readonly bytes: number;
  /** Where the endpoint is after it, µs. */
  readonly cursorUs: number;
  readonly endpoint: string;
  /** What the stream had lost just before it. */
  readonly gap: Gap | null;
}

interface OpenBatch {
  readonly events: JetstreamEvent[];
  readonly endpoint: string;
  readonly gap: Gap | null;
  /** When it began, by {@link Clock.elapsed}. */
  readonly sinceMs: number;
  bytes: number;
  cursorUs: number;
}

/**
 * Events that wait for the reader. A batch is complete when it has reached a
 * limit, or when what follows cannot be in it: another endpoint, or a gap.
 */
export class BatchBuffer {
  readonly #limits: BatchLimits;
  readonly #clock: Clock;
  #complete: OpenBatch[] = [];
  #open: OpenBatch | null = null;
  #malformed = 0;

  constructor(limits: BatchLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** A complete batch waits: nothing more should be read. */
  get full(): boolean {
    return this.#complete.length > 0;
  }

  /** Events that wait. */
  get size(): number {
    return this.#sum((batch) => batch.events.length);
  }

  /** Bytes of text that wait. */
  get bytes(): number {
    return this.#sum((batch) => batch.bytes);
  }

  /** Counts a malformed frame, for the next batch. */
  addMalformed(): void {
    this.#malformed++;
  }

  /** Takes an event in, always: how much is read is the caller's part. */
  add({ event, bytes, cursorUs, endpoint, gap }: ReadEvent): void {
    let open = this.#open;
    if (open !== null && (gap !== null || open.endpoint !== endpoint)) {
      this.#closeOpen();
      open = null;
    }
    if (open === null) {
      const sinceMs = this.#clock.elapsed();
      open = { events: [], endpoint, gap, sinceMs, bytes: 0, cursorUs };
      this.#open = open;
    }
    open.events.push(event);
    open.bytes += bytes;
    open.cursorUs = cursorUs;
    const { maxBatchEvents, maxBatchBytes } = this.#limits;
    if (open.events.length >= maxBatchEvents || open.bytes >= maxBatchBytes) {
      this.#closeOpen();
    }
  }

  /**
   * How long until there is a batch, in ms; 0: now; null: not before something
   * is added. The time in which nobody waited does not count: then the socket
   * was not read either, and the batch would go out before it could fill.
   *
   * @param waitingSinceMs - since when somebody waits, by {@link Clock.elapsed}
   */
  dueInMs(waitingSinceMs: number): number | null {
    if (this.full) return 0;
    const open = this.#open;
    if (open === null) return null;
    const newestAgeMs = this.#clock.now() - open.cursorUs / 1000;
    const events = open.events.length;
    const delayMs = batchDelayMs({ events, newestAgeMs }, this.#limits);
    const sinceMs = Math.max(open.sinceMs, waitingSinceMs);
    return Math.max(0, sinceMs + delayMs - this.#clock.elapsed());
  }

  /** The oldest batch, complete or not; null when there is nothing. */
  take(): JetstreamBatch | null {
    const batch = this.#complete.shift() ?? this.#open;
    if (batch === null) return null;
    if (batch === this.#open) this.#open = null;
    const { events, cursorUs: cursor, endpoint, gap, bytes } = batch;
    const malformed = this.#malformed;
    this.#malformed = 0;
    const taken = { events, cursor, endpoint, malformed, bytes };
    return gap === null ? taken : { ...taken, gap };
  }

  #closeOpen(): void {
    if (this.#open !== null) this.#complete.push(this.#open);
    this.#open = null;
  }

  #sum(size: (batch: OpenBatch) => number): number {
    const open = this.#open === null ? 0 : size(this.#open);
    return this.#complete.reduce((total, batch) => total + size(batch), open);
  }
}
