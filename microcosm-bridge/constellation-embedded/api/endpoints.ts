/** Every path of the API that reads the index, with what answers it. */

import type { IndexReader } from '../store/index-reader.js';
import type { Query } from '../../../lib/api-server/index.js';
import { allCounts, allLinks } from './link-totals.js';
import { countDids, countLinks, listDids, listLinks } from './link-lists.js';
import {
  getBacklinkDids,
  getBacklinks,
  getBacklinksCount,
} from './backlinks.js';
import { getManyToMany, getManyToManyCounts } from './many-to-many.js';

/**
 * Answers a query with JSON text.
 *
 * @throws BadRequestError
 */
export type Endpoint = (
  reader: IndexReader,
  query: Query
) => string | Promise<string>;

const XRPC = '/xrpc/blue.microcosm.links';

/** By path; a trailing slash is another path, as on the real server. */
export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<
  string,
  Endpoint
>([
  ['/links', listLinks],
  ['/links/all', allLinks],
  ['/links/all/count', allCounts],
  ['/links/count', countLinks],
  ['/links/count/distinct-dids', countDids],
  ['/links/distinct-dids', listDids],
  [`${XRPC}.getBacklinks`, getBacklinks],
  [`${XRPC}.getBacklinksCount`, getBacklinksCount],
  [`${XRPC}.getBacklinkDids`, getBacklinkDids],
  [`${XRPC}.getManyToMany`, getManyToMany],
  [`${XRPC}.getManyToManyCounts`, getManyToManyCounts],
]);
