import { removeDotSegments } from './dot-segments.js';
import {
  hasOnlyWellFormedEscapes,
  lowerCaseExceptEscapes,
  normalizeEscapes,
} from './percent-encoding.js';

/** Longest AT-URI, in characters (all ASCII, so bytes): 8 KiB. */
export const MAX_AT_URI_LENGTH = 8192;

const SCHEME = 'at://';
const SLASH = '/';

const ASCII_WITHOUT_NUL = /^[\x01-\x7f]*$/;

/** Authority, path, and the query with the fragment. */
const PARTS = /^([^/?#]+)([^?#]*)([^]*)$/;

/**
 * The commonest forms, already normal: a plc account, or a record of one
 * whose collection starts with a letter and its key with anything but a dot.
 */
const COMMON =
  /^at:\/\/did:plc:[a-z2-7]{24}(?:\/[A-Za-z][A-Za-z0-9.-]{0,316}\/[A-Za-z0-9_~:-][A-Za-z0-9._~:-]{0,511})?$/;

function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === SLASH) end -= 1;
  return path.slice(0, end);
}

/**
 * Whether the text is an AT-URI of the commonest forms, its own normal form.
 * Exact where it says yes; where it says no, {@link parseAtUri} decides.
 */
export function isCommonAtUri(text: string): boolean {
  return COMMON.test(text);
}

/**
 * The normal form of the AT-URI that the whole text is, or null.
 *
 * As in the real server this is a loose reading: `at://` in any case, ASCII,
 * an authority that is not empty, no `%` without two hex digits, and beyond
 * that any characters, spaces included. Escapes of unreserved characters are
 * decoded and the others upper-cased; an authority that does not start with
 * `did:` is taken for a handle and put in lower case; dot segments and
 * trailing slashes go; empty segments, query and fragment stay.
 *
 * One deliberate difference: a text with U+0000 is no AT-URI.
 */
export function parseAtUri(text: string): string | null {
  if (text.length > MAX_AT_URI_LENGTH) return null;
  if (text.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return null;
  if (!ASCII_WITHOUT_NUL.test(text)) return null;
  if (!hasOnlyWellFormedEscapes(text)) return null;
  const parts = PARTS.exec(normalizeEscapes(text.slice(SCHEME.length)));
  if (parts === null) return null;
  const [, authority = '', path = '', queryAndFragment = ''] = parts;
  return (
    SCHEME +
    (authority.startsWith('did:')
      ? authority
      : lowerCaseExceptEscapes(authority)) +
    withoutTrailingSlashes(removeDotSegments(path)) +
    queryAndFragment
  );
}
