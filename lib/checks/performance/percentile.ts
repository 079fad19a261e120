/**
 * The value that a share of all values does not exceed (nearest rank): of 300
 * values the 99th percentile is the 297th smallest. Pure.
 *
 * @param sorted in growing order, at least one
 * @param share 0 to 1
 */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}
