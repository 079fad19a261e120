import { parseLink } from './parse-link.js';

/** One link of a record: where in the record it stands, and where it leads. */
export interface RecordLink {
  /** As in `.facets[].features[app.bsky.richtext.facet#mention].did`. */
  readonly path: string;
  /** The normalised target, see `parseLink`. */
  readonly target: string;
}

/**
 * Longest path of a link, in characters (UTF-16 units). The real server
 * states none; real records stay below 300, and without a limit a record of
 * 1 MB with one huge key would make a huge path of each of its links.
 */
export const MAX_PATH_LENGTH = 2048;

/** The same in bytes of UTF-8, of which a character takes up to three. */
const MAX_PATH_BYTES = 4096;

/** Deepest nesting looked into, in objects and arrays, the record included. */
export const MAX_DEPTH = 256;

/**
 * Most links taken from one record, the first ones. The real server states
 * none; a record of 1 MiB holds fewer than this many DIDs.
 */
export const MAX_LINKS = 32_768;

/** U+0000, or half of a surrogate pair: nothing that a store could keep. */
const UNSTORABLE = /[\0\ud800-\udfff]/u;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function addLink(links: RecordLink[], path: string, target: string): void {
  if (links.length >= MAX_LINKS || path.length > MAX_PATH_LENGTH) return;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return;
  if (!UNSTORABLE.test(path)) links.push({ path, target });
}

/** How an array's element extends the path: by its `$type` if it has one. */
function elementStep(element: Record<string, unknown>): string {
  const type = Array.isArray(element) ? undefined : element['$type'];
  return typeof type === 'string' ? `[${type}]` : '[]';
}

function walkArray(
  elements: readonly unknown[],
  path: string,
  depth: number,
  links: RecordLink[]
): void {
  const plainPath = `${path}[]`;
  for (const element of elements) {
    if (typeof element === 'string') {
      const target = parseLink(element);
      if (target !== null) addLink(links, plainPath, target);
    } else if (isObject(element)) {
      walk(element, path + elementStep(element), depth + 1, links);
    }
  }
}

function walk(
  container: Record<string, unknown>,
  path: string,
  depth: number,
  links: RecordLink[]
): void {
  if (depth > MAX_DEPTH || path.length > MAX_PATH_LENGTH) return;
  if (Array.isArray(container)) {
    walkArray(container, path, depth, links);
    return;
  }
  for (const key of Object.keys(container)) {
    const value = container[key];
    if (typeof value === 'string') {
      const target = parseLink(value);
      if (target !== null) addLink(links, `${path}.${key}`, target);
    } else if (isObject(value)) {
      walk(value, `${path}.${key}`, depth + 1, links);
    }
  }
}

/**
 * The links of a record, in the order of the document: every string that
 * `parseLink` takes, keys of objects excluded. The same path and target twice
 * are two links.
 *
 * Path (as in the real server): `.key` for a member, keys taken as they are;
 * `[]` for an element of an array, or `[TYPE]` when the element is an object
 * with a string `$type`. A record that is itself a string has the path ''.
 *
 * `record` is what JSON.parse gave (own enumerable keys are walked, so
 * `__proto__` is a key like any other); it is not changed. Never throws.
 * Beyond {@link MAX_DEPTH}, {@link MAX_PATH_LENGTH} and {@link MAX_LINKS}
 * nothing is taken, nor are links whose path holds U+0000 or half of a
 * surrogate pair: deliberate differences, all of them out of real records'
 * reach. JavaScript moves keys that are array indices (`"0"`) to the front.
 */
export function recordLinks(record: unknown): RecordLink[] {
  const links: RecordLink[] = [];
  if (typeof record === 'string') {
    const target = parseLink(record);
    if (target !== null) addLink(links, '', target);
  } else if (isObject(record)) {
    walk(record, '', 1, links);
  }
  return links;
}
