/**
 * What `CONSTELLATION_LOCAL_SINCE` of the environment file shall be. Too early
 * a time would show wrong zeros, so only what the index itself says is written;
 * what nobody knows is not set, which the client treats as unknown. `complete`
 * is an operator's word after a backfill, which no index can know of: it stays,
 * unless the index is a new one. Pure.
 *
 * @param present what is there now; undefined: nothing
 * @param completeSince what the index says; null: not known (yet)
 * @param isNewIndex it began with this run
 * @returns null: shall not be set
 */
export function localSince(
  present: string | undefined,
  completeSince: Date | null,
  isNewIndex: boolean
): string | null {
  if (present === 'complete' && !isNewIndex) return present;
  if (completeSince !== null) return completeSince.toISOString();
  return isNewIndex ? null : (present ?? null);
}
