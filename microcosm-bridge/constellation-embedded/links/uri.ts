import { removeDotSegments } from './dot-segments.js';
import { normalizeEscapes } from './percent-encoding.js';
import { normalizeAuthority } from './uri-authority.js';
import { endOfRun, isIn, PATH, QUERY, SCHEME } from './uri-characters.js';

/**
 * Longest text taken for a URI, in characters (all ASCII, so bytes). The real
 * server states none; a longer target could not be asked about anyway, since
 * a Node HTTP server refuses a request head of more than 16 KiB.
 */
export const MAX_URI_LENGTH = 16_384;

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const NUMBER_SIGN = 0x23;

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/**
 * The index of the colon that ends a scheme at the start of the text, or -1.
 * Nearly every string of a record is turned away here: dates by their first
 * character, identifiers for want of a colon (a search much faster than a
 * loop), prose at its first space.
 */
export function endOfScheme(text: string): number {
  if (!isLetter(text.charCodeAt(0))) return -1;
  const colon = text.indexOf(':');
  for (let index = 1; index < colon; index += 1) {
    if (!isIn(SCHEME, text.charCodeAt(index))) return -1;
  }
  return colon;
}

function endOfAuthority(text: string, from: number): number {
  let index = from;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === SLASH || code === QUESTION_MARK || code === NUMBER_SIGN) break;
    index += 1;
  }
  return index;
}

/** Whether what follows the path is nothing, or a query, or a fragment. */
function isQueryAndFragment(text: string, from: number): boolean {
  let end = from;
  if (text.charCodeAt(end) === QUESTION_MARK) {
    end = endOfRun(text, end + 1, QUERY);
  }
  if (end !== -1 && text.charCodeAt(end) === NUMBER_SIGN) {
    end = endOfRun(text, end + 1, QUERY);
  }
  return end === text.length;
}

/**
 * Dot segments go from paths that start with `/` only; without an authority
 * a result starting with `//` would read as one, so it gets `/.` before it.
 */
function normalizePath(path: string, hasAuthority: boolean): string {
  const decoded = normalizeEscapes(path);
  if (!decoded.startsWith('/')) return decoded;
  const resolved = removeDotSegments(decoded);
  return !hasAuthority && resolved.startsWith('//')
    ? `/.${resolved}`
    : resolved;
}

/**
 * The normal form of an absolute URI (with a scheme, with or without a
 * fragment), or null when the whole text is none by the strict grammar of RFC
 * 3986: non-ASCII, spaces, controls, brackets outside an IP literal and
 * malformed escapes are refused.
 *
 * Normal form is RFC 3986 section 6.2.2 as the Rust crate fluent-uri 0.3
 * documents it: scheme and host in lower case, escapes of unreserved
 * characters decoded and the others upper-cased, dot segments removed from
 * absolute paths (not from rootless ones: `foo:a/../b` stays), IPv6 as in RFC
 * 5952, the colon of an empty port removed. Nothing scheme-specific: default
 * ports stay, and an empty path stays empty.
 */
export function parseUri(text: string): string | null {
  if (text.length > MAX_URI_LENGTH) return null;
  const schemeEnd = endOfScheme(text);
  if (schemeEnd === -1) return null;
  let start = schemeEnd + 1;
  const hasAuthority = text.startsWith('//', start);
  let prefix = text.slice(0, start).toLowerCase();
  if (hasAuthority) {
    const end = endOfAuthority(text, start + 2);
    const authority = normalizeAuthority(text.slice(start + 2, end));
    if (authority === null) return null;
    prefix += `//${authority}`;
    start = end;
  }
  const pathEnd = endOfRun(text, start, PATH);
  if (pathEnd === -1 || !isQueryAndFragment(text, pathEnd)) return null;
  const normal =
    prefix +
    normalizePath(text.slice(start, pathEnd), hasAuthority) +
    normalizeEscapes(text.slice(pathEnd));
  // A dotted IPv6 address is longer than the hex it may have been.
  return normal.length > MAX_URI_LENGTH ? null : normal;
}
