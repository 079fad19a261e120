/** When to connect again, and where. */

/** Limits of the delay between two connections. */
export interface BackoffLimits {
  /** Ceiling of the second retry's delay, ms; it doubles from there. */
  readonly minMs: number;
  /** Ceiling of every delay, ms. */
  readonly maxMs: number;
}

/**
 * Delay before the next connection: none after the first failure, then a
 * random part of a ceiling that doubles ("full jitter"), so that many
 * consumers do not come back to a host all at once.
 *
 * @param failures - in a row, from 1
 * @param random - 0 to 1
 */
export function retryDelayMs(
  failures: number,
  random: number,
  { minMs, maxMs }: BackoffLimits
): number {
  if (failures <= 1) return 0;
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(failures - 2, 30));
  return Math.floor(random * ceiling);
}

/** Why a connection ended. */
export type DisconnectReason =
  /** It never opened. */
  | 'unreachable'
  /** The server closed it, or the network did. */
  | 'closed'
  /** Open, and nothing came. */
  | 'silent'
  /** Open, and nothing that came was an event. */
  | 'garbage'
  /** A frame above the size limit. */
  | 'oversized'
  /** A frame that breaks the WebSocket protocol. */
  | 'protocol'
  /** We were asked to stop. */
  | 'stopped';

/**
 * Which endpoint is next. A connection that was healthy and just ended is
 * worth a second try at once, since another host means a rewind; after
 * everything else it is the next one's turn.
 */
export function nextEndpointIndex(
  index: number,
  count: number,
  ended: { readonly reason: DisconnectReason; readonly healthy: boolean }
): number {
  if (ended.reason === 'closed' && ended.healthy) return index;
  return (index + 1) % count;
}
