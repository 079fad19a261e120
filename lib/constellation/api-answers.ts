/** A record that links somewhere. */
export interface LinkRecord {
  readonly did: string;
  readonly collection: string;
  readonly rkey: string;
}

/** Something with a next page. */
export interface Page {
  /**
   * Opaque; null at the end. It is this client's own, since only the index
   * that answered can go on from it.
   */
  readonly cursor: string | null;
}

/** `GET /` */
export interface Overview {
  /** Null where the index does not say. */
  readonly days_indexed: number | null;
  /** Estimates. `started_at` is not to be trusted: no server keeps it right. */
  readonly stats: {
    readonly dids: number;
    readonly targetables: number;
    readonly linking_records: number;
    readonly started_at: number | null;
    /** Whatever else the index counts, by name; null where it says nothing. */
    readonly other_data: Readonly<Record<string, number>> | null;
  };
}

/** `GET /links/all`, by collection and path. */
export interface AllLinks {
  readonly links: Readonly<
    Record<string, Readonly<Record<string, PathCounts>>>
  >;
}

/** How much links at one path. */
export interface PathCounts {
  readonly records: number;
  readonly distinct_dids: number;
}

/** `GET /links/count` and the other plain counts. */
export interface Total {
  readonly total: number;
}

/** `GET /links` */
export interface LinksPage extends Total, Page {
  readonly linking_records: readonly LinkRecord[];
}

/** `GET /links/distinct-dids` and `getBacklinkDids` */
export interface LinkingDidsPage extends Total, Page {
  readonly linking_dids: readonly string[];
}

/** `getBacklinks` */
export interface BacklinksPage extends Total, Page {
  readonly records: readonly LinkRecord[];
}

/** `getManyToManyCounts` */
export interface ManyToManyCountsPage extends Page {
  readonly counts_by_other_subject: readonly OtherSubjectCount[];
}

/** How many records link to both subjects, and of how many accounts. */
export interface OtherSubjectCount {
  readonly subject: string;
  readonly total: number;
  readonly distinct: number;
}

/** `getManyToMany` */
export interface ManyToManyPage extends Page {
  readonly items: readonly ManyToManyItem[];
}

/** A record that links to the subject, and the other subject it links to. */
export interface ManyToManyItem {
  readonly linkRecord: LinkRecord;
  readonly otherSubject: string;
}
