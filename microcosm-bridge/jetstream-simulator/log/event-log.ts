import { EventBlock } from './event-block.js';
import type { Position, Segment } from './segment.js';

/** Events of one block in memory; enough for one large write. */
const blockEvents = 512;

/** Everything the simulator can replay, oldest first, in bounded memory. */
export class EventLog {
  private readonly segments: Segment[] = [];
  private readonly keepBytes: number;
  private keptBytes = 0;
  private eventCount = 0;
  private firstSegment = 0;
  private newest = 0;

  /** @param keepBytes beyond this much memory the oldest events are dropped */
  constructor(keepBytes: number) {
    this.keepBytes = keepBytes;
  }

  /** How many events can be replayed. */
  get events(): number {
    return this.eventCount;
  }

  /** The greatest `time_us` so far, in microseconds; 0 where there was none. */
  get newestTimeUs(): number {
    return this.newest;
  }

  /** Where the oldest event is. */
  get start(): Position {
    return { segment: this.firstSegment, event: 0 };
  }

  /** Behind the newest event: where the next one will be. */
  get end(): Position {
    return { segment: this.firstSegment + this.segments.length, event: 0 };
  }

  /** Adds events, one line each without line ends. */
  append(lines: readonly Buffer[]): void {
    for (let i = 0; i < lines.length; i += blockEvents) {
      this.add(new EventBlock(lines.slice(i, i + blockEvents), this.newest));
    }
  }

  /** Adds a segment; drops the oldest ones where memory is used up. */
  add(segment: Segment): void {
    this.segments.push(segment);
    this.keptBytes += segment.sizeBytes;
    this.eventCount += segment.events;
    this.newest = Math.max(this.newest, segment.newestTimeUs);
    while (this.keptBytes > this.keepBytes && this.segments.length > 1) {
      const dropped = this.segments.shift();
      this.firstSegment++;
      this.keptBytes -= dropped?.sizeBytes ?? 0;
      this.eventCount -= dropped?.events ?? 0;
    }
  }

  /**
   * Where the replay for a cursor begins: at the first event that is not before
   * it, which is the oldest one for an old cursor and the end for a future one.
   */
  async find(cursorUs: number): Promise<Position> {
    const index = this.segments.findIndex((s) => s.newestTimeUs >= cursorUs);
    const found = this.segments[index];
    if (found === undefined) return this.end;
    const segment = this.firstSegment + index;
    const block = await found.block();
    return { segment, event: block.firstAtOrAfter(cursorUs) };
  }

  /** The segment at a position, undefined at the end. */
  at(position: Position): Segment | undefined {
    return this.segments[position.segment - this.firstSegment];
  }

  /**
   * The position itself, or what it has become: the oldest event where its own has
   * been dropped, the next segment where its own has no more events.
   */
  settle(position: Position): Position {
    if (position.segment < this.firstSegment) return this.start;
    const segment = this.at(position);
    if (segment === undefined || position.event < segment.events) {
      return position;
    }
    return { segment: position.segment + 1, event: 0 };
  }

  /** So many events earlier, at most back to the oldest one. */
  back(position: Position, events: number): Position {
    let { segment, event } = position;
    let rest = events;
    while (rest > event && segment > this.firstSegment) {
      rest -= event;
      segment--;
      event = this.at({ segment, event })?.events ?? 0;
    }
    return { segment, event: Math.max(0, event - rest) };
  }
}
