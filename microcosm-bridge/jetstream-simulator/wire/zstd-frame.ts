/** RFC 8878, 3.1.1: every Zstandard frame begins with these four bytes. */
const magic = 0xfd2fb528;

/** RFC 8878, 3.1.1.2.4: no block is larger than this. */
const maxBlockBytes = 128 * 1024;

/** Bytes before the content size. */
const fixedBytes = 5;

function contentSizeBytes(contentBytes: number): 1 | 2 | 4 {
  if (contentBytes < 256) return 1;
  return contentBytes < 256 + 65_536 ? 2 : 4;
}

function blockCount(contentBytes: number): number {
  return Math.max(1, Math.ceil(contentBytes / maxBlockBytes));
}

/** Size of the frame that {@link writeZstdFrame} writes for so much content. */
export function zstdFrameSize(contentBytes: number): number {
  const header = fixedBytes + contentSizeBytes(contentBytes);
  return header + 3 * blockCount(contentBytes) + contentBytes;
}

/**
 * Writes a Zstandard frame that any decoder reads and that uses no dictionary:
 * a single segment of raw blocks with its size and without a checksum. Nothing is
 * compressed; it is what a producer needs whose consumer insists on zstd.
 * @param content at most 4 GiB
 * @returns where it ends
 */
export function writeZstdFrame(
  target: Buffer,
  at: number,
  content: Uint8Array
): number {
  const size = content.length;
  const sizeBytes = contentSizeBytes(size);
  target.writeUInt32LE(magic, at);
  // Bits 7 and 6: how the size is written; bit 5: single segment; no checksum,
  // no dictionary.
  target[at + 4] = ({ 1: 0, 2: 1, 4: 2 }[sizeBytes] << 6) | 0x20;
  // The two-byte form counts from 256.
  const written = sizeBytes === 2 ? size - 256 : size;
  target.writeUIntLE(written, at + fixedBytes, sizeBytes);
  let end = at + fixedBytes + sizeBytes;
  const blocks = blockCount(size);
  for (let i = 0; i < blocks; i++) {
    const from = i * maxBlockBytes;
    const to = Math.min(size, from + maxBlockBytes);
    // Bit 0: last block; bits 2 and 1: raw; the rest: the size.
    const header = ((to - from) << 3) | (i === blocks - 1 ? 1 : 0);
    target.writeUIntLE(header, end, 3);
    target.set(content.subarray(from, to), end + 3);
    end += 3 + to - from;
  }
  return end;
}

/** One whole Zstandard frame; see {@link writeZstdFrame}. */
export function zstdFrameOf(content: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(zstdFrameSize(content.length));
  writeZstdFrame(frame, 0, content);
  return frame;
}
