/** Which view shows which endpoint's answer. */

import type { Asked } from './asked.js';
import {
  didsView,
  pairCountsView,
  pairsView,
  recordsView,
} from './list-views.js';
import type { LinkRecord } from './list-views.js';
import {
  allCountsView,
  allLinksView,
  didCountView,
  recordCountView,
} from './total-views.js';
import type { View } from './view.js';

/** The text is an answer of ours, so its form is known. */
type Show = (asked: Asked, json: string) => View;

const XRPC = '/xrpc/blue.microcosm.links';

/** By path. */
export const VIEWS: ReadonlyMap<string, Show> = new Map<string, Show>([
  ['/links', showing<LinksBody>(links)],
  ['/links/all', showing(allLinksView)],
  ['/links/all/count', showing(allCountsView)],
  ['/links/count', showing(recordCountView)],
  ['/links/count/distinct-dids', showing(didCountView)],
  ['/links/distinct-dids', showing(didsView)],
  [`${XRPC}.getBacklinks`, showing<BacklinksBody>(backlinks)],
  [`${XRPC}.getBacklinksCount`, showing(recordCountView)],
  [`${XRPC}.getBacklinkDids`, showing(didsView)],
  [`${XRPC}.getManyToMany`, showing(pairsView)],
  [`${XRPC}.getManyToManyCounts`, showing(pairCountsView)],
]);

interface LinksBody {
  readonly total: number;
  readonly linking_records: readonly LinkRecord[];
  readonly cursor: string | null;
}

interface BacklinksBody {
  readonly total: number;
  readonly records: readonly LinkRecord[];
  readonly cursor: string | null;
}

function links(
  asked: Asked,
  { total, linking_records: records, cursor }: LinksBody
): View {
  return recordsView(asked, total, records, cursor);
}

function backlinks(
  asked: Asked,
  { total, records, cursor }: BacklinksBody
): View {
  return recordsView(asked, total, records, cursor);
}

function showing<Body>(view: (asked: Asked, body: Body) => View): Show {
  return (asked, json) => view(asked, JSON.parse(json) as Body);
}
