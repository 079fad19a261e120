import { open, type FileHandle } from 'node:fs/promises';
import { SimulatorError } from '../simulator-error.js';
import { EventBlock } from './event-block.js';
import { shiftEventTime } from './event-header.js';
import { splitLines } from './lines.js';
import type { Segment } from './segment.js';

/** Bytes of the file that make one segment, about; always whole lines. */
const segmentBytes = 256 * 1024;

/** How many segments stay in memory after they were read. */
const cachedBlocks = 16;

/** A file of events, one JSON line each, that is read in stretches. */
export class EventFile {
  /** Its stretches, in order. */
  readonly segments: readonly Segment[];
  private readonly handle: FileHandle;

  private constructor(handle: FileHandle, segments: readonly Segment[]) {
    this.handle = handle;
    this.segments = segments;
  }

  /**
   * Reads the file once in order to know where its events are; keeps 100 bytes of
   * memory for every 500 events.
   * @param rebaseTo the `time_us` that the newest event is to have, all others
   * shifted by the same; as they are where it is undefined
   * @throws SimulatorError `file-unreadable`
   */
  static async open(path: string, rebaseTo?: number): Promise<EventFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const reader = new StretchReader(handle, path);
      const stretches = await reader.scan();
      const newest = stretches.at(-1)?.newestTimeUs;
      if (rebaseTo !== undefined && newest !== undefined) {
        reader.shiftUs = rebaseTo - newest;
      }
      return new EventFile(
        handle,
        stretches.map((stretch) => reader.segment(stretch))
      );
    } catch (cause) {
      await handle?.close();
      throw cause instanceof SimulatorError ? cause : unreadable(path, cause);
    }
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.handle.close();
  }
}

interface Stretch {
  readonly offset: number;
  readonly length: number;
  readonly events: number;
  readonly previousTimeUs: number;
  readonly newestTimeUs: number;
}

class StretchReader {
  shiftUs = 0;
  private readonly handle: FileHandle;
  private readonly path: string;
  private readonly blocks = new Map<Stretch, Promise<EventBlock>>();

  constructor(handle: FileHandle, path: string) {
    this.handle = handle;
    this.path = path;
  }

  async scan(): Promise<Stretch[]> {
    const stretches: Stretch[] = [];
    let offset = 0;
    let previousTimeUs = 0;
    for (;;) {
      const text = await this.linesAt(offset);
      if (text.length === 0) return stretches;
      const block = new EventBlock(splitLines(text), previousTimeUs);
      if (block.events > 0) {
        const newestTimeUs = Math.max(previousTimeUs, block.newestTimeUs);
        const { events } = block;
        const length = text.length;
        stretches.push({
          offset,
          length,
          events,
          previousTimeUs,
          newestTimeUs,
        });
        previousTimeUs = newestTimeUs;
      }
      offset += text.length;
    }
  }

  segment(stretch: Stretch): Segment {
    const { events, newestTimeUs } = stretch;
    return {
      events,
      newestTimeUs: newestTimeUs + this.shiftUs,
      sizeBytes: 100,
      block: () => this.block(stretch),
    };
  }

  private block(stretch: Stretch): Promise<EventBlock> {
    const cached = this.blocks.get(stretch);
    if (cached !== undefined) return cached;
    const block = this.load(stretch);
    this.blocks.set(stretch, block);
    block.catch(() => this.blocks.delete(stretch));
    for (const oldest of this.blocks.keys()) {
      if (this.blocks.size <= cachedBlocks) break;
      this.blocks.delete(oldest);
    }
    return block;
  }

  private async load(stretch: Stretch): Promise<EventBlock> {
    const { offset, length, events, previousTimeUs } = stretch;
    const text = await this.bytesAt(offset, length).catch((cause: unknown) => {
      throw unreadable(this.path, cause);
    });
    const lines = splitLines(text);
    if (lines.length !== events) throw unreadable(this.path, 'it has changed');
    const { shiftUs } = this;
    return shiftUs === 0
      ? new EventBlock(lines, previousTimeUs)
      : new EventBlock(
          lines.map((line) => shiftEventTime(line, shiftUs)),
          previousTimeUs + shiftUs
        );
  }

  /** Whole lines from `offset` on, about one segment; empty at the end. */
  private async linesAt(offset: number): Promise<Buffer> {
    for (let wanted = segmentBytes; ; wanted *= 2) {
      const text = await this.bytesAt(offset, wanted);
      if (text.length < wanted) return text;
      const lastEnd = text.lastIndexOf(0x0a);
      if (lastEnd !== -1) return text.subarray(0, lastEnd + 1);
    }
  }

  private async bytesAt(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.handle.read(
        buffer,
        filled,
        length - filled,
        offset + filled
      );
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }
}

function unreadable(path: string, cause: unknown): SimulatorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SimulatorError(
    'file-unreadable',
    `Cannot read the events in ${path}: ${reason}`,
    { cause }
  );
}
