import type { EventBlock } from './event-block.js';

/** A stretch of the log: in memory, or in a file and read when it is needed. */
export interface Segment {
  /** How many events. */
  readonly events: number;
  /** The greatest `time_us` in it, in microseconds. */
  readonly newestTimeUs: number;
  /** Bytes of memory it keeps for good. */
  readonly sizeBytes: number;
  /**
   * Its events.
   * @throws SimulatorError `file-unreadable`
   */
  block(): EventBlock | Promise<EventBlock>;
}

/** A place in the log: a segment, by a number that stays, and an event in it. */
export interface Position {
  readonly segment: number;
  readonly event: number;
}
