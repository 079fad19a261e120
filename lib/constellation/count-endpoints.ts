import type { AllLinks, Overview, PathCounts, Total } from './api-answers.js';
import { parseAllLinks, parseOverview, parseTotal } from './api-parsers.js';
import type {
  BacklinksCountQuery,
  LinkQuery,
  TargetQuery,
} from './api-queries.js';
import type { Endpoint, Parameters } from './endpoint.js';
import {
  largerLinkCounts,
  parseLinkCounts,
  type LinkCounts,
} from './link-counts.js';
import { mergeByPath } from './merged-links.js';

/** About what a number with its name takes in memory, in bytes. */
const NUMBER_BYTES = 100;

/** `GET /` */
export const OVERVIEW: Endpoint<object, Overview> = {
  path: '/',
  target: () => null,
  parameters: () => [],
  cursor: () => undefined,
  parse: parseOverview,
  merge: null,
  sizeOf: () => NUMBER_BYTES * 5,
};

/** `GET /links/all` */
export const ALL_LINKS: Endpoint<TargetQuery, AllLinks> = {
  path: '/links/all',
  target: ({ target }) => target,
  parameters: ({ target }) => [['target', target]],
  cursor: () => undefined,
  parse: parseAllLinks,
  merge: largerAllLinks,
  sizeOf: ({ links }) => NUMBER_BYTES * (1 + 2 * countPaths(links)),
};

/** `GET /links/all/count` */
export const ALL_COUNTS: Endpoint<TargetQuery, LinkCounts> = {
  path: '/links/all/count',
  target: ({ target }) => target,
  parameters: ({ target }) => [['target', target]],
  cursor: () => undefined,
  parse: parseLinkCounts,
  merge: largerLinkCounts,
  sizeOf: ({ links }) => NUMBER_BYTES * (1 + countPaths(links)),
};

/** `GET /links/count` */
export const COUNT = linkTotal('/links/count');

/** `GET /links/count/distinct-dids` */
export const COUNT_DISTINCT_DIDS = linkTotal('/links/count/distinct-dids');

/** `blue.microcosm.links.getBacklinksCount` */
export const BACKLINKS_COUNT: Endpoint<BacklinksCountQuery, Total> = {
  path: '/xrpc/blue.microcosm.links.getBacklinksCount',
  target: ({ subject }) => subject,
  parameters: backlinkParameters,
  cursor: () => undefined,
  parse: parseTotal,
  merge: largerTotal,
  sizeOf: () => NUMBER_BYTES,
};

/** The parameters that name links from one place. */
export function linkParameters(query: LinkQuery): Parameters {
  return [
    ['target', query.target],
    ['collection', query.collection],
    ['path', query.path],
  ];
}

/** The parameters that name links by their newer names. */
export function backlinkParameters(query: BacklinksCountQuery): Parameters {
  return [
    ['subject', query.subject],
    ['source', query.source],
  ];
}

function linkTotal(path: string): Endpoint<LinkQuery, Total> {
  return {
    path,
    target: ({ target }) => target,
    parameters: linkParameters,
    cursor: () => undefined,
    parse: parseTotal,
    merge: largerTotal,
    sizeOf: () => NUMBER_BYTES,
  };
}

function largerTotal(a: Total, b: Total): Total {
  return a.total >= b.total ? a : b;
}

function largerAllLinks(a: AllLinks, b: AllLinks): AllLinks {
  return { links: mergeByPath(a.links, b.links, largerPathCounts) };
}

function largerPathCounts(a: PathCounts, b: PathCounts): PathCounts {
  return {
    records: Math.max(a.records, b.records),
    distinct_dids: Math.max(a.distinct_dids, b.distinct_dids),
  };
}

function countPaths(links: Readonly<Record<string, object>>): number {
  let paths = 0;
  for (const collection of Object.values(links)) {
    paths += Object.keys(collection).length;
  }
  return paths;
}
