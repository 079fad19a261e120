import {
  headerSize,
  payloadStart,
  writeHeader,
} from '../wire/websocket-frame.js';
import { readEventHeader, type EventHeader } from './event-header.js';
import type { Segment } from './segment.js';

/** What a block costs beside its frames and tables: the objects. */
const overheadBytes = 600;

/**
 * A run of events, kept as the very bytes that go to a client: text frames back
 * to back. Sending an unfiltered block is one write, and nobody looks into it.
 */
export class EventBlock implements Segment {
  /** How many events. */
  readonly events: number;
  private readonly frames: Buffer;
  /** Where each frame begins, and at the end where the last one ends. */
  private readonly starts: Uint32Array;
  private readonly previousTimeUs: number;
  private knownTimesUs: Float64Array | undefined;
  private knownNewestUs: number | undefined;

  /**
   * @param lines one event each, without line ends
   * @param previousTimeUs the `time_us` that a line without one is taken to have
   */
  constructor(lines: readonly Buffer[], previousTimeUs: number) {
    let size = 0;
    for (const line of lines) size += headerSize(line.length) + line.length;
    this.events = lines.length;
    this.frames = Buffer.allocUnsafe(size);
    this.starts = new Uint32Array(lines.length + 1);
    this.previousTimeUs = previousTimeUs;
    let at = 0;
    for (const [i, line] of lines.entries()) {
      at = writeHeader(this.frames, at, 'text', line.length);
      at += line.copy(this.frames, at);
      this.starts[i + 1] = at;
    }
  }

  /** Bytes it takes, nearly all of it frames. */
  get sizeBytes(): number {
    return overheadBytes + this.frames.length + 12 * this.events;
  }

  /** The greatest `time_us` in it, in microseconds. */
  get newestTimeUs(): number {
    this.knownNewestUs ??= this.timesUs.reduce((a, b) => Math.max(a, b), 0);
    return this.knownNewestUs;
  }

  /** Itself: it is in memory. */
  block(): this {
    return this;
  }

  /** The text frames of the events from `from` to before `to`, back to back. */
  textFrames(from: number, to: number): Buffer {
    return this.frames.subarray(this.starts[from], this.starts[to]);
  }

  /** The JSON of an event. */
  payload(index: number): Buffer {
    const at = payloadStart(this.frames, this.starts[index] ?? 0);
    return this.frames.subarray(at, this.starts[index + 1]);
  }

  /** What filters ask for. Not kept: it would take as much memory as the event. */
  header(index: number): EventHeader {
    return readEventHeader(this.payload(index));
  }

  /** The `time_us` of an event; undefined where there is no such event. */
  timeUs(index: number): number | undefined {
    return this.timesUs[index];
  }

  /** The first event whose `time_us` is not before the cursor; `events` if none. */
  firstAtOrAfter(cursorUs: number): number {
    const index = this.timesUs.findIndex((timeUs) => timeUs >= cursorUs);
    return index === -1 ? this.events : index;
  }

  /** Read when somebody asks first: most blocks of a file only pass through. */
  private get timesUs(): Float64Array {
    if (this.knownTimesUs !== undefined) return this.knownTimesUs;
    const timesUs = new Float64Array(this.events);
    let lastTimeUs = this.previousTimeUs;
    for (let i = 0; i < this.events; i++) {
      lastTimeUs = this.header(i).timeUs ?? lastTimeUs;
      timesUs[i] = lastTimeUs;
    }
    this.knownTimesUs = timesUs;
    return timesUs;
  }
}
