import type { Random } from './random.js';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Every pair of base32 characters: ten random bits cost one look-up. */
const pairs = Array.from(
  { length: 1024 },
  (_, bits) => alphabet.charAt(bits >> 5) + alphabet.charAt(bits & 31)
);

/**
 * Random characters of the RFC 4648 base32 alphabet in lower case, as DIDs of
 * the PLC method and CIDs use it.
 * @param length an even number of characters
 */
export function randomBase32(random: Random, length: number): string {
  let text = '';
  for (let i = 0; i < length; i += 6) {
    const bits = random.uint32();
    text += pairs[bits & 1023] ?? '';
    if (i + 2 < length) text += pairs[(bits >>> 10) & 1023] ?? '';
    if (i + 4 < length) text += pairs[(bits >>> 20) & 1023] ?? '';
  }
  return text;
}
