/** A TID: 13 characters of sortable base 32, the first one below `k`. */
const TID = /^[2-7a-j][2-7a-z]{12}$/;

/**
 * Whether an event is one that the index has seen: revisions of a repository
 * only grow, so one that is not newer than what a record was last written with
 * comes from a stream that was rewound. Text that is no TID proves nothing.
 *
 * Source: atproto.com/specs/repository ("rev … TID … must always increase").
 */
export function isReplay(rev: string, knownRev: string): boolean {
  return rev <= knownRev && TID.test(rev) && TID.test(knownRev);
}
