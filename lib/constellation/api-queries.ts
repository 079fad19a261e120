/** What is linked to: an AT-URI, a DID, or another URI, as the index has it. */
export interface TargetQuery {
  readonly target: string;
}

/** Links from one place in one kind of record. */
export interface LinkQuery extends TargetQuery {
  /** Such as `app.bsky.feed.like`. */
  readonly collection: string;
  /** With its leading dot, such as `.subject.uri`. */
  readonly path: string;
}

/** Which page of a list. */
export interface PageQuery {
  /** Items at most, 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** The `cursor` of the page before; only of the same list. */
  readonly cursor?: string | undefined;
}

/** A page of linking records, of these accounts only where some are given. */
export interface LinksQuery extends LinkQuery, PageQuery {
  readonly dids?: readonly string[] | undefined;
}

/** A page of linking accounts. */
export interface LinkingDidsQuery extends LinkQuery, PageQuery {}

/** Links to a subject; the newer names of the same things. */
export interface BacklinksCountQuery {
  readonly subject: string;
  /** `COLLECTION:PATH` without the leading dot, such as `app.bsky.feed.like:subject.uri`. */
  readonly source: string;
}

/** A page of linking records. */
export interface BacklinksQuery extends BacklinksCountQuery, PageQuery {
  readonly dids?: readonly string[] | undefined;
  /** Oldest first. The real server leaves one record out at each page's end. */
  readonly reverse?: boolean | undefined;
}

/** A page of linking accounts. */
export interface BacklinkDidsQuery extends BacklinksCountQuery, PageQuery {}

/** Records that link to a subject, and what else they link to. */
export interface ManyToManyQuery extends BacklinksCountQuery, PageQuery {
  /** Where the other link is, without the leading dot. */
  readonly pathToOther: string;
  /** Only records of these accounts. */
  readonly dids?: readonly string[] | undefined;
  /** Only these other subjects. */
  readonly otherSubjects?: readonly string[] | undefined;
}
