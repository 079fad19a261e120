/**
 * Longest DID, in characters (all ASCII, so bytes): the 2 KiB of the atproto
 * DID specification.
 */
export const MAX_DID_LENGTH = 2048;

/**
 * `did:`, a lowercase method, `:`, an identifier that does not end in `:`.
 * The two runs cannot match the same text in two ways, so this is linear.
 */
const DID = /^did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._%-]$/;

/**
 * The DID that the whole text is, unchanged (a DID has no other normal form),
 * or null. As in the real server any method will do and escapes are not
 * looked at: `did:plc:%zz` is one, `did:plc:x#key` is not.
 */
export function parseDid(text: string): string | null {
  return text.length <= MAX_DID_LENGTH && DID.test(text) ? text : null;
}
