import {
  isCount,
  ownField,
  readCountIn,
  readObject,
  readObjectIn,
  type JsonObject,
} from './json-shape.js';
import { mergeByPath, type ByPath } from './merged-links.js';

/**
 * The body of `GET /links/all/count`: records linking to a target, by
 * collection and by path (with its leading dot). `{}` says that there are none.
 */
export interface LinkCounts {
  readonly links: ByPath<number>;
}

/** @throws ConstellationError `BAD_SHAPE`; above all, an absence is no zero */
export function parseLinkCounts(body: unknown): LinkCounts {
  const links = readObjectIn(readObject(body, 'body'), 'links');
  checkCounts(links);
  return { links };
}

/** Looks and copies nothing: a feed of 50 posts has some hundred of these. */
function checkCounts(links: JsonObject): asserts links is ByPath<number> {
  for (const collection of Object.keys(links)) {
    const paths = readObjectIn(links, collection);
    for (const path of Object.keys(paths)) readCountIn(paths, path);
  }
}

/** How many records of a collection link to the target at a path. */
export function countAt(
  { links }: LinkCounts,
  collection: string,
  path: string
): number {
  if (!Object.hasOwn(links, collection)) return 0;
  const count = ownField(links[collection] ?? {}, path);
  return isCount(count) ? count : 0;
}

/** The larger count of each path. */
export function largerLinkCounts(a: LinkCounts, b: LinkCounts): LinkCounts {
  return { links: mergeByPath(a.links, b.links, Math.max) };
}
