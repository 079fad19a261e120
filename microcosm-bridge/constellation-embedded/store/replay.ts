/** A TID: 13 characters of sortable base 32, the first one below `k`. */
const TID = /^[2-7a-j][2-7a-z]{12}$/;

/**
 * Whether an event is one that the index has seen: revisions of a repository
 * only grow, so one that is older than what a record was last written with
 * comes from a stream that was rewound. A commit writes a record once, so one
 * of the same revision is a repeat unless it says something else (a producer
 * that gives every event the same one). Text that is no TID proves nothing.
 *
 * Source: atproto.com/specs/repository ("rev … TID … must always increase").
 *
 * @param isSame - whether the event leaves the record's links as they are
 */
export function isReplay(
  rev: string,
  knownRev: string,
  isSame: () => boolean
): boolean {
  if (!TID.test(rev) || !TID.test(knownRev)) return false;
  return rev === knownRev ? isSame() : rev < knownRev;
}
