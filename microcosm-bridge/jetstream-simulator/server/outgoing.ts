import type { EventBlock } from '../log/event-block.js';
import { headerSize, writeHeader } from '../wire/websocket-frame.js';
import { writeZstdFrame, zstdFrameSize } from '../wire/zstd-frame.js';
import { wants, wantsAll, type EventFilter } from './event-filter.js';

/** Frames to write, and what they are. */
export interface Outgoing {
  /** Buffers to write in order; none where no event passed. */
  readonly frames: readonly Buffer[];
  /** How many events are in them. */
  readonly events: number;
  /** The event of the block to go on with. */
  readonly next: number;
}

/** How a client wants its events. */
export interface Delivery {
  readonly filter: EventFilter;
  readonly compress: boolean;
}

/**
 * The events of a block from `from` on that a client wants, as frames.
 * @param limit how many events at most
 */
export function outgoing(
  block: EventBlock,
  from: number,
  limit: number,
  delivery: Delivery
): Outgoing {
  const { filter, compress } = delivery;
  const all = wantsAll(filter);
  if (all && !compress) {
    const to = Math.min(block.events, from + limit);
    return {
      frames: [block.textFrames(from, to)],
      events: to - from,
      next: to,
    };
  }
  const chosen: number[] = [];
  let next = from;
  for (; next < block.events && chosen.length < limit; next++) {
    if (all || isWanted(block, next, filter)) chosen.push(next);
  }
  const frames = compress
    ? compressed(block, chosen)
    : textFrames(block, chosen);
  return { frames, events: chosen.length, next };
}

function isWanted(block: EventBlock, index: number, filter: EventFilter) {
  return wants(filter, block.header(index), block.payload(index).length);
}

/** Text frames, neighbours in one piece. */
function textFrames(block: EventBlock, chosen: readonly number[]): Buffer[] {
  const frames: Buffer[] = [];
  for (let i = 0; i < chosen.length;) {
    const from = chosen[i++] ?? 0;
    let to = from + 1;
    for (; chosen[i] === to; i++) to++;
    frames.push(block.textFrames(from, to));
  }
  return frames;
}

/** Binary frames of zstd frames, in one buffer. */
function compressed(block: EventBlock, chosen: readonly number[]): Buffer[] {
  if (chosen.length === 0) return [];
  const payloads = chosen.map((index) => block.payload(index));
  let size = 0;
  for (const { length } of payloads) {
    const zstdSize = zstdFrameSize(length);
    size += headerSize(zstdSize) + zstdSize;
  }
  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (const payload of payloads) {
    const zstdSize = zstdFrameSize(payload.length);
    at = writeHeader(frames, at, 'binary', zstdSize);
    at = writeZstdFrame(frames, at, payload);
  }
  return [frames];
}
