/**
 * The character classes of RFC 3986 that decide where a part of a URI may
 * end, as one table of bits. Every class holds ASCII only, so a non-ASCII
 * text is in none of them.
 */

/** `scheme` after its first letter (RFC 3986 section 3.1). */
export const SCHEME = 1;
/** `userinfo` without its escapes (section 3.2.1). */
export const USERINFO = 2;
/** `reg-name` without its escapes (section 3.2.2). */
export const REG_NAME = 4;
/** `pchar` without its escapes, and `/` (section 3.3). */
export const PATH = 8;
/** `query` and `fragment` without their escapes (sections 3.4 and 3.5). */
export const QUERY = 16;
/** `HEXDIG`, either case. */
export const HEX = 32;

const PERCENT = 0x25;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const SUB_DELIMS = "!$&'()*+,;=";

function classTable(): Uint8Array {
  const table = new Uint8Array(128);
  const add = (characters: string, bits: number): void => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      table[code] = (table[code] ?? 0) | bits;
    }
  };
  add(LETTERS + DIGITS + '+-.', SCHEME);
  add(
    LETTERS + DIGITS + '-._~' + SUB_DELIMS,
    USERINFO | REG_NAME | PATH | QUERY
  );
  add(':', USERINFO | PATH | QUERY);
  add('@', PATH | QUERY);
  add('/', PATH | QUERY);
  add('?', QUERY);
  add(DIGITS + 'ABCDEFabcdef', HEX);
  return table;
}

const CLASSES = classTable();

/** Whether a UTF-16 code unit belongs to one of the classes in `bits`. */
export function isIn(bits: number, code: number): boolean {
  return code < 128 && ((CLASSES[code] ?? 0) & bits) !== 0;
}

/**
 * The index of the first character from `from` on that neither belongs to
 * `bits` nor is part of a well-formed escape (`%` and two hex digits); the
 * text's length when all do; -1 when an escape is malformed. Linear, no
 * allocation.
 */
export function endOfRun(text: string, from: number, bits: number): number {
  let index = from;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (isIn(bits, code)) {
      index += 1;
    } else if (code === PERCENT) {
      if (
        !isIn(HEX, text.charCodeAt(index + 1)) ||
        !isIn(HEX, text.charCodeAt(index + 2))
      ) {
        return -1;
      }
      index += 3;
    } else {
      return index;
    }
  }
  return index;
}
