import type { Answer, CallOptions } from './answer.js';
import type {
  AllLinks,
  BacklinksPage,
  LinkRecord,
  LinkingDidsPage,
  LinksPage,
  ManyToManyCountsPage,
  ManyToManyItem,
  ManyToManyPage,
  OtherSubjectCount,
  Overview,
  Total,
} from './api-answers.js';
import type {
  BacklinkDidsQuery,
  BacklinksCountQuery,
  BacklinksQuery,
  LinkQuery,
  LinkingDidsQuery,
  LinksQuery,
  ManyToManyQuery,
  TargetQuery,
} from './api-queries.js';
import * as counts from './count-endpoints.js';
import { lookupKindOf, type Endpoint } from './endpoint.js';
import type { LinkCounts } from './link-counts.js';
import { Lookup } from './lookup.js';
import type { LookupContext } from './lookup-context.js';
import * as lists from './page-endpoints.js';
import { eachItem } from './pages.js';

/** Asks one endpoint. @throws ConstellationError */
export type Ask<Q, T> = (query: Q, call?: CallOptions) => Promise<Answer<T>>;

/** Goes through all items of a list. Throws ConstellationError on the way. */
export type Each<Q, I> = (
  query: Q,
  call?: CallOptions
) => AsyncGenerator<I, void, undefined>;

/** The whole API of an index, answered by the client: one method an endpoint. */
export interface ConstellationApi {
  /** `GET /` of the main index. */
  readonly overview: (call?: CallOptions) => Promise<Answer<Overview>>;
  /** `GET /links/all` */
  readonly allLinks: Ask<TargetQuery, AllLinks>;
  /** `GET /links/all/count` */
  readonly allCounts: Ask<TargetQuery, LinkCounts>;
  /** `GET /links/count` */
  readonly count: Ask<LinkQuery, Total>;
  /** `GET /links/count/distinct-dids` */
  readonly countDistinctDids: Ask<LinkQuery, Total>;
  /** `GET /links`, newest first */
  readonly links: Ask<LinksQuery, LinksPage>;
  /** `GET /links/distinct-dids` */
  readonly linkingDids: Ask<LinkingDidsQuery, LinkingDidsPage>;
  /** `blue.microcosm.links.getBacklinksCount` */
  readonly backlinksCount: Ask<BacklinksCountQuery, Total>;
  /** `blue.microcosm.links.getBacklinks` */
  readonly backlinks: Ask<BacklinksQuery, BacklinksPage>;
  /** `blue.microcosm.links.getBacklinkDids` */
  readonly backlinkDids: Ask<BacklinkDidsQuery, LinkingDidsPage>;
  /** `blue.microcosm.links.getManyToManyCounts` */
  readonly manyToManyCounts: Ask<ManyToManyQuery, ManyToManyCountsPage>;
  /** `blue.microcosm.links.getManyToMany` */
  readonly manyToMany: Ask<ManyToManyQuery, ManyToManyPage>;

  readonly eachLink: Each<LinksQuery, LinkRecord>;
  readonly eachLinkingDid: Each<LinkingDidsQuery, string>;
  readonly eachBacklink: Each<BacklinksQuery, LinkRecord>;
  readonly eachBacklinkDid: Each<BacklinkDidsQuery, string>;
  readonly eachManyToManyCount: Each<ManyToManyQuery, OtherSubjectCount>;
  readonly eachManyToMany: Each<ManyToManyQuery, ManyToManyItem>;
}

/** Builds the API over a client's context. */
export function createApi(context: LookupContext): ConstellationApi {
  function ask<Q, T>(endpoint: Endpoint<Q, T>): Ask<Q, T> {
    const lookup = new Lookup(context, lookupKindOf(endpoint));
    return (query, call) => lookup.one(query, call);
  }
  const overview = ask(counts.OVERVIEW);
  const links = ask(lists.LINKS);
  const linkingDids = ask(lists.LINKING_DIDS);
  const backlinks = ask(lists.BACKLINKS);
  const backlinkDids = ask(lists.BACKLINK_DIDS);
  const manyToManyCounts = ask(lists.MANY_TO_MANY_COUNTS);
  const manyToMany = ask(lists.MANY_TO_MANY);
  return {
    overview: (call) => overview({}, call),
    allLinks: ask(counts.ALL_LINKS),
    allCounts: ask(counts.ALL_COUNTS),
    count: ask(counts.COUNT),
    countDistinctDids: ask(counts.COUNT_DISTINCT_DIDS),
    links,
    linkingDids,
    backlinksCount: ask(counts.BACKLINKS_COUNT),
    backlinks,
    backlinkDids,
    manyToManyCounts,
    manyToMany,
    eachLink: (query, call) =>
      eachItem(links, (page) => page.linking_records, query, call),
    eachLinkingDid: (query, call) =>
      eachItem(linkingDids, (page) => page.linking_dids, query, call),
    eachBacklink: (query, call) =>
      eachItem(backlinks, (page) => page.records, query, call),
    eachBacklinkDid: (query, call) =>
      eachItem(backlinkDids, (page) => page.linking_dids, query, call),
    eachManyToManyCount: (query, call) =>
      eachItem(
        manyToManyCounts,
        (page) => page.counts_by_other_subject,
        query,
        call
      ),
    eachManyToMany: (query, call) =>
      eachItem(manyToMany, (page) => page.items, query, call),
  };
}
