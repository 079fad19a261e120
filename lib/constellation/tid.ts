const DIGITS = '234567abcdefghijklmnopqrstuvwxyz';
const TID = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/;

/**
 * The time in a TID, the record key most atproto records have: 13 characters
 * of sortable base 32, of which the first eleven are microseconds since 1970
 * and the last two a clock's number (https://atproto.com/specs/tid).
 *
 * @returns microseconds since 1970, or null where `rkey` is no TID
 */
export function tidTimeUs(rkey: string): number | null {
  if (!TID.test(rkey)) return null;
  let timeUs = 0;
  for (let index = 0; index < 11; index += 1) {
    timeUs = timeUs * 32 + DIGITS.indexOf(rkey.charAt(index));
  }
  return Number.isSafeInteger(timeUs) ? timeUs : null;
}
