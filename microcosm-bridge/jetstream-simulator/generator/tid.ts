const alphabet = '234567abcdefghijklmnopqrstuvwxyz';

/**
 * A timestamp identifier: 53 bits of microseconds and 10 bits of clock id in
 * 13 characters that sort like the number
 * (https://atproto.com/specs/tid).
 * @param timeUs microseconds since 1970, 0 to 2^53 - 1
 * @param clockId 0 to 1023
 */
export function encodeTid(timeUs: number, clockId: number): string {
  // The clock id is exactly the last two characters, so no 64-bit number is needed.
  let text = alphabet.charAt(clockId >> 5) + alphabet.charAt(clockId & 31);
  let rest = timeUs;
  for (let i = 0; i < 11; i++) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** The microseconds of a TID; the counterpart of {@link encodeTid}. */
export function decodeTidTimeUs(tid: string): number {
  let timeUs = 0;
  for (const character of tid.slice(0, 11)) {
    timeUs = timeUs * 32 + alphabet.indexOf(character);
  }
  return timeUs;
}
