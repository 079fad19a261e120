import type { Measurement } from './measure-endpoint.js';

/** Measurements, the reachable ones first, the faster the earlier. Pure. */
export function ranked(
  measured: readonly Measurement[]
): readonly Measurement[] {
  const rank = (one: Measurement): number =>
    one.state === 'reachable' ? one.handshakeMs : Number.POSITIVE_INFINITY;
  // toSorted is stable: what cannot be reached keeps the order it was given.
  return measured.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    return left === right ? 0 : left - right;
  });
}

/**
 * The URLs the index is given: the chosen one, then what else can be reached,
 * because the consumer goes on to the next one when a host fails. Where none
 * can be reached all of them, in their order. Pure.
 *
 * @param chosen a URL of the list; undefined: the fastest
 */
export function endpointsToUse(
  measured: readonly Measurement[],
  chosen?: string
): readonly string[] {
  const order = ranked(measured);
  const reachable = order.filter(({ state }) => state === 'reachable');
  const urls = (reachable.length > 0 ? reachable : order).map(({ url }) => url);
  if (chosen === undefined) return urls;
  return [chosen, ...urls.filter((url) => url !== chosen)];
}

/** Clocks this far apart make young events look old, or old ones young (ms). */
const WARN_CLOCK_MS = 10_000;

/**
 * How far our clock is off by what the Jetstreams say, where they agree that
 * it is: the least of the differences, so that one wrong host alarms nobody.
 *
 * @returns null when it is right, or nobody says (ms; above 0: we are behind)
 */
export function clockOffBy(measured: readonly Measurement[]): number | null {
  const differences = measured.flatMap((one) =>
    one.state === 'reachable' && one.clockAheadMs !== null
      ? [one.clockAheadMs]
      : []
  );
  const [least] = differences.toSorted((a, b) => Math.abs(a) - Math.abs(b));
  return least === undefined || Math.abs(least) < WARN_CLOCK_MS ? null : least;
}
