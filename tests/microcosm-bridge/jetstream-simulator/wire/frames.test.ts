import { decompress } from 'fzstd';
import t from 'tap';
import {
  headerSize,
  payloadStart,
  writeHeader,
} from '../../../../microcosm-bridge/jetstream-simulator/wire/websocket-frame.js';
import {
  zstdFrameOf,
  zstdFrameSize,
} from '../../../../microcosm-bridge/jetstream-simulator/wire/zstd-frame.js';

/** Sizes on both sides of every change of form. */
const sizes = [
  0, 1, 125, 126, 127, 255, 256, 65_535, 65_536, 65_791, 65_792, 131_071,
  131_072, 131_073, 262_144, 300_000,
];

const contentOf = (size: number) =>
  Buffer.alloc(size).map((_, i) => (i * 7 + (i >> 8)) & 255);

t.test('a foreign decoder reads what was put into zstd frames', async (t) => {
  for (const size of sizes) {
    const content = contentOf(size);
    const frame = zstdFrameOf(content);
    t.equal(frame.length, zstdFrameSize(size), `${size} bytes: its size`);
    const read = Buffer.from(decompress(frame));
    t.ok(read.equals(Buffer.from(content)), `${size} bytes: its content`);
  }
});

t.test('a zstd frame names no dictionary and states its size', async (t) => {
  // RFC 8878, 3.1.1.1: magic number, then a descriptor whose bits 1 and 0 are
  // the size of the dictionary id.
  for (const size of sizes) {
    const frame = zstdFrameOf(contentOf(size));
    t.equal(frame.toString('hex', 0, 4), '28b52ffd');
    t.equal(frame.readUInt8(4) & 0b0010_0111, 0b0010_0000, `${size} bytes`);
  }
});

t.test('the payload is found again behind its header', async (t) => {
  for (const size of sizes) {
    const frame = Buffer.alloc(3 + headerSize(size));
    const start = writeHeader(frame, 3, 'text', size);
    t.equal(payloadStart(frame, 3), start, `${size} bytes`);
  }
});
