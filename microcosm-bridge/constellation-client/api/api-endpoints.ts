/** Every endpoint of Constellation's API that is about links. */

import type { ApiEndpoint } from './api-endpoint.js';
import {
  BACKLINK,
  DIDS,
  LINK,
  OTHER_SUBJECTS,
  PAGE,
  PATH_TO_OTHER,
  TARGET,
} from './api-parameters.js';
import {
  readBacklinkQuery,
  readLinkDids,
  readLaxPageQuery,
  readLinkQuery,
  readManyToMany,
  readPageQuery,
} from './read-query.js';

const XRPC = '/xrpc/blue.microcosm.links';

const ENDPOINTS: readonly ApiEndpoint[] = [
  {
    path: '/links/all',
    summary: 'Records and accounts that link to a target, by place',
    parameters: [TARGET],
    schema: 'AllLinks',
    ask: (api, query, call) =>
      api.allLinks({ target: query.required('target') }, call),
  },
  {
    path: '/links/all/count',
    summary: 'Records that link to a target, by place',
    parameters: [TARGET],
    schema: 'LinkCounts',
    ask: (api, query, call) =>
      api.allCounts({ target: query.required('target') }, call),
  },
  {
    path: '/links/count',
    summary: 'How many records link to a target from one place',
    parameters: LINK,
    schema: 'Total',
    ask: (api, query, call) => api.count(readLinkQuery(query), call),
  },
  {
    path: '/links/count/distinct-dids',
    summary: 'How many accounts link to a target from one place',
    parameters: LINK,
    schema: 'Total',
    ask: (api, query, call) =>
      api.countDistinctDids(readLinkQuery(query), call),
  },
  {
    path: '/links',
    summary: 'The records that link to a target from one place, newest first',
    parameters: [
      ...LINK,
      DIDS,
      {
        name: 'from_dids',
        description: 'The older form of `did`: joined by commas.',
      },
      ...PAGE,
    ],
    schema: 'LinksPage',
    ask: (api, query, call) =>
      api.links(
        {
          ...readLinkQuery(query),
          ...readLaxPageQuery(query),
          dids: readLinkDids(query),
        },
        call
      ),
  },
  {
    path: '/links/distinct-dids',
    summary: 'The accounts that link to a target from one place',
    parameters: [...LINK, ...PAGE],
    schema: 'LinkingDidsPage',
    ask: (api, query, call) =>
      api.linkingDids(
        { ...readLinkQuery(query), ...readPageQuery(query) },
        call
      ),
  },
  {
    path: `${XRPC}.getBacklinksCount`,
    summary: 'How many records link to a subject from one source',
    parameters: BACKLINK,
    schema: 'Total',
    ask: (api, query, call) =>
      api.backlinksCount(readBacklinkQuery(query), call),
  },
  {
    path: `${XRPC}.getBacklinks`,
    summary: 'The records that link to a subject from one source',
    parameters: [
      ...BACKLINK,
      DIDS,
      {
        name: 'reverse',
        type: 'boolean',
        description: 'Oldest first.',
      },
      ...PAGE,
    ],
    schema: 'BacklinksPage',
    ask: (api, query, call) =>
      api.backlinks(
        {
          ...readBacklinkQuery(query),
          ...readLaxPageQuery(query),
          dids: query.many('did'),
          reverse: query.flag('reverse'),
        },
        call
      ),
  },
  {
    path: `${XRPC}.getBacklinkDids`,
    summary: 'The accounts that link to a subject from one source',
    parameters: [...BACKLINK, ...PAGE],
    schema: 'LinkingDidsPage',
    ask: (api, query, call) =>
      api.backlinkDids(
        { ...readBacklinkQuery(query), ...readPageQuery(query) },
        call
      ),
  },
  {
    path: `${XRPC}.getManyToManyCounts`,
    summary: 'What else the records that link to a subject link to, counted',
    parameters: [...BACKLINK, PATH_TO_OTHER, DIDS, OTHER_SUBJECTS, ...PAGE],
    schema: 'ManyToManyCountsPage',
    ask: (api, query, call) =>
      api.manyToManyCounts(readManyToMany(query, 'did'), call),
  },
  {
    path: `${XRPC}.getManyToMany`,
    summary: 'The records that link to a subject, with what else they link to',
    parameters: [
      ...BACKLINK,
      PATH_TO_OTHER,
      { ...DIDS, name: 'linkDid' },
      OTHER_SUBJECTS,
      ...PAGE,
    ],
    schema: 'ManyToManyPage',
    ask: (api, query, call) =>
      api.manyToMany(readManyToMany(query, 'linkDid'), call),
  },
];

/** By path; a trailing slash is another path, as on the real server. */
export const API_ENDPOINTS: ReadonlyMap<string, ApiEndpoint> = new Map(
  ENDPOINTS.map((endpoint) => [endpoint.path, endpoint])
);
