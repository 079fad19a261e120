/**
 * A rank from 0 to `count - 1` where rank r is drawn about 1/(r+1) as often as
 * rank 0: Zipf's law with exponent 1, by inverting the continuous distribution
 * (the logarithm of the rank is uniform). It needs no table, so `count` may grow
 * from draw to draw.
 * @param count how many ranks there are, at least 1
 * @param fraction uniform, 0 (inclusive) to 1 (exclusive)
 */
export function zipfRank(count: number, fraction: number): number {
  // exp and log rather than a power: those are the same in every V8.
  const rank = Math.floor(Math.exp(fraction * Math.log(count + 1))) - 1;
  return Math.min(count - 1, rank);
}
