import type {
  BacklinksPage,
  LinkingDidsPage,
  LinksPage,
  ManyToManyCountsPage,
  ManyToManyPage,
} from './api-answers.js';
import {
  parseBacklinks,
  parseLinkingDids,
  parseLinksPage,
  parseManyToMany,
  parseManyToManyCounts,
} from './api-parsers.js';
import type {
  BacklinkDidsQuery,
  BacklinksQuery,
  LinkingDidsQuery,
  LinksQuery,
  ManyToManyQuery,
  PageQuery,
} from './api-queries.js';
import { backlinkParameters, linkParameters } from './count-endpoints.js';
import type { Endpoint, Parameters } from './endpoint.js';

const XRPC = '/xrpc/blue.microcosm.links';
/** About what an item of a list takes in memory, in bytes. */
const ITEM_BYTES = 250;

/** `GET /links` */
export const LINKS: Endpoint<LinksQuery, LinksPage> = {
  path: '/links',
  target: ({ target }) => target,
  parameters: (query) => [
    ...linkParameters(query),
    ...repeated('did', query.dids),
    ...limit(query),
  ],
  cursor: ({ cursor }) => cursor,
  parse: parseLinksPage,
  merge: null,
  sizeOf: (page) => ITEM_BYTES * (1 + page.linking_records.length),
};

/** `GET /links/distinct-dids` */
export const LINKING_DIDS: Endpoint<LinkingDidsQuery, LinkingDidsPage> = {
  path: '/links/distinct-dids',
  target: ({ target }) => target,
  parameters: (query) => [...linkParameters(query), ...limit(query)],
  cursor: ({ cursor }) => cursor,
  parse: parseLinkingDids,
  merge: null,
  sizeOf: (page) => ITEM_BYTES * (1 + page.linking_dids.length),
};

/** `blue.microcosm.links.getBacklinks` */
export const BACKLINKS: Endpoint<BacklinksQuery, BacklinksPage> = {
  path: `${XRPC}.getBacklinks`,
  target: ({ subject }) => subject,
  parameters: (query) => [
    ...backlinkParameters(query),
    ...repeated('did', query.dids),
    ...(query.reverse === true ? [['reverse', 'true'] as const] : []),
    ...limit(query),
  ],
  cursor: ({ cursor }) => cursor,
  parse: parseBacklinks,
  merge: null,
  sizeOf: (page) => ITEM_BYTES * (1 + page.records.length),
};

/** `blue.microcosm.links.getBacklinkDids` */
export const BACKLINK_DIDS: Endpoint<BacklinkDidsQuery, LinkingDidsPage> = {
  path: `${XRPC}.getBacklinkDids`,
  target: ({ subject }) => subject,
  parameters: (query) => [...backlinkParameters(query), ...limit(query)],
  cursor: ({ cursor }) => cursor,
  parse: parseLinkingDids,
  merge: null,
  sizeOf: (page) => ITEM_BYTES * (1 + page.linking_dids.length),
};

/** `blue.microcosm.links.getManyToManyCounts` */
export const MANY_TO_MANY_COUNTS: Endpoint<
  ManyToManyQuery,
  ManyToManyCountsPage
> = {
  path: `${XRPC}.getManyToManyCounts`,
  target: ({ subject }) => subject,
  parameters: (query) => manyToManyParameters(query, 'did'),
  cursor: ({ cursor }) => cursor,
  parse: parseManyToManyCounts,
  merge: null,
  sizeOf: (page) => ITEM_BYTES * (1 + page.counts_by_other_subject.length),
};

/** `blue.microcosm.links.getManyToMany` */
export const MANY_TO_MANY: Endpoint<ManyToManyQuery, ManyToManyPage> = {
  path: `${XRPC}.getManyToMany`,
  target: ({ subject }) => subject,
  parameters: (query) => manyToManyParameters(query, 'linkDid'),
  cursor: ({ cursor }) => cursor,
  parse: parseManyToMany,
  merge: null,
  sizeOf: (page) => 2 * ITEM_BYTES * (1 + page.items.length),
};

/** @param did the two endpoints call the same parameter differently */
function manyToManyParameters(
  query: ManyToManyQuery,
  did: 'did' | 'linkDid'
): Parameters {
  return [
    ...backlinkParameters(query),
    ['pathToOther', query.pathToOther],
    ...repeated(did, query.dids),
    ...repeated('otherSubject', query.otherSubjects),
    ...limit(query),
  ];
}

function repeated(name: string, values: readonly string[] = []): Parameters {
  return values.map((value) => [name, value] as const);
}

function limit(query: PageQuery): Parameters {
  return query.limit === undefined ? [] : [['limit', String(query.limit)]];
}
