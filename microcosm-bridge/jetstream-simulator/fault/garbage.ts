import { zstdFrameOf } from '../wire/zstd-frame.js';
import { frameOf } from '../wire/websocket-frame.js';
import type { GarbageKind } from './fault.js';

/** What garbage is made for. */
export interface GarbageContext {
  /** The `time_us` that an event has here, in microseconds. */
  readonly timeUs: number;
  /** Whether the client expects zstd. */
  readonly compress: boolean;
  /** Of the padded kinds, in bytes. */
  readonly sizeBytes?: number | undefined;
}

const did = 'did:plc:garbagegarbagegarbage222';

/** JSON that is no event, or looks like one until it is read closely. */
const wrongShapes = [
  'null',
  '42',
  '[]',
  '{}',
  '"event"',
  '{"kind":"commit"}',
  `{"did":"${did}","time_us":"soon","kind":"commit","commit":[]}`,
  `{"did":5,"time_us":1,"kind":"commit","commit":{"operation":"create"}}`,
  `{"did":"${did}","time_us":1e999,"kind":"account","account":null}`,
  `{"did":"${did}","time_us":-1,"kind":"commit","commit":{"rev":1,"operation":"create","collection":"__proto__","rkey":{},"record":null}}`,
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}',
];

/** A post that is correct in all but its size. */
function largePost(timeUs: number, sizeBytes: number): string {
  const text = 'large '.repeat(Math.ceil(sizeBytes / 6)).slice(0, sizeBytes);
  const collection = 'app.bsky.feed.post';
  const createdAt = new Date(Math.floor(timeUs / 1000)).toISOString();
  return JSON.stringify({
    did,
    time_us: timeUs,
    kind: 'commit',
    commit: {
      rev: '3zzzzzzzzzz22',
      operation: 'create',
      collection,
      rkey: '3zzzzzzzzzz22',
      record: { $type: collection, createdAt, text },
      cid: 'bafyreigarbagegarbagegarbagegarbagegarbagegarbagegarbagegaa',
    },
  });
}

/** Bytes that follow no pattern a decoder could take for one. */
function noise(sizeBytes: number): Uint8Array {
  return Buffer.alloc(sizeBytes).map((_, i) => (i * i * 31 + 7) & 255);
}

function texts(kind: GarbageKind, context: GarbageContext): string[] {
  const { timeUs, sizeBytes } = context;
  switch (kind) {
    case 'wrong-shape':
      return wrongShapes;
    case 'large-record':
      return [largePost(timeUs, sizeBytes ?? 2_000_000)];
    case 'huge-frame':
      return [largePost(timeUs, sizeBytes ?? 50_000_000)];
    default:
      return [`{"did":"${did}","time_us":${timeUs},"kind":"comm`];
  }
}

/** WebSocket frames that no healthy Jetstream would send. */
export function garbageFrames(
  kind: GarbageKind,
  context: GarbageContext
): Buffer {
  const { compress } = context;
  if (kind === 'binary-noise') return frameOf('binary', noise(1024));
  const payloads =
    kind === 'invalid-utf8'
      ? [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x80, 0x22, 0x7d])]
      : texts(kind, context).map((text) => Buffer.from(text));
  return Buffer.concat(
    payloads.map((payload) =>
      compress
        ? frameOf('binary', zstdFrameOf(payload))
        : frameOf('text', payload)
    )
  );
}
