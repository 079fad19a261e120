/** First byte of an unfragmented frame, by what it carries (RFC 6455, 5.2). */
export const frameKinds = { text: 0x81, binary: 0x82 } as const;

/** Bytes before the payload of a frame that a server sends (unmasked). */
export function headerSize(payloadBytes: number): number {
  if (payloadBytes < 126) return 2;
  return payloadBytes < 65_536 ? 4 : 10;
}

/**
 * Writes the header of a frame.
 * @returns where its payload begins
 */
export function writeHeader(
  target: Buffer,
  at: number,
  kind: keyof typeof frameKinds,
  payloadBytes: number
): number {
  target[at] = frameKinds[kind];
  switch (headerSize(payloadBytes)) {
    case 2:
      target[at + 1] = payloadBytes;
      return at + 2;
    case 4:
      target[at + 1] = 126;
      target.writeUInt16BE(payloadBytes, at + 2);
      return at + 4;
    default:
      target[at + 1] = 127;
      target.writeUInt32BE(Math.floor(payloadBytes / 2 ** 32), at + 2);
      target.writeUInt32BE(payloadBytes % 2 ** 32, at + 6);
      return at + 10;
  }
}

/** Where the payload of the frame that begins at `at` begins. */
export function payloadStart(frames: Buffer, at: number): number {
  const length = frames.readUInt8(at + 1) & 127;
  if (length < 126) return at + 2;
  return at + (length === 126 ? 4 : 10);
}

/** One whole frame. */
export function frameOf(
  kind: keyof typeof frameKinds,
  payload: Uint8Array
): Buffer {
  const frame = Buffer.allocUnsafe(headerSize(payload.length) + payload.length);
  frame.set(payload, writeHeader(frame, 0, kind, payload.length));
  return frame;
}
