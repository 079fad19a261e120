import { parseEvent } from '../event.js';
import type { JetstreamEvent } from '../event.js';
import { systemClock } from './clock.js';
import type { Clock } from './clock.js';
import type { ConsumerEvent } from './consumer-event.js';
import { JetstreamError } from './jetstream-error.js';
import { openSocket } from './socket.js';
import type { SocketFactory } from './socket.js';

/** Options of the consumer. */
export interface ConsumerOptions {
  /** URLs or short names, in order of preference; at least one. */
  readonly endpoints: readonly string[];
  /** Where an earlier run got to, µs since 1970; null (default): begin now. */
  readonly cursor?: number | null;
  /** `endpoint` of the batch that `cursor` came with; null (default): unknown. */
  readonly cursorEndpoint?: string | null;
  /**
   * Events of a batch, 1 to 1,000,000, default 5000. A larger batch syncs less
   * often, but LMDB keeps each page that it changes in memory until the commit,
   * and an event changes several.
   */
  readonly maxBatchEvents?: number;
  /**
   * Text of a batch, 1 KiB to 1 GiB, default 8 MiB. With
   * {@link maxMessageBytes} it bounds memory: at most one full batch and what
   * is in one read of the socket wait for the reader, then reading stops.
   */
  readonly maxBatchBytes?: number;
  /** Longest that an event waits for its batch to fill, ms, 0 to 60,000, default 1000. */
  readonly maxBatchDelayMs?: number;
  /**
   * The same while the stream is live and too slow to fill a batch in
   * {@link maxBatchDelayMs}, ms, default 200 (or `maxBatchDelayMs`, if less).
   */
  readonly liveBatchDelayMs?: number;
  /**
   * Largest frame, 1 KiB to 256 MiB, default 8 MiB: a record has at most 1 MiB
   * as CBOR, and its text may be six times that when every character is
   * escaped.
   */
  readonly maxMessageBytes?: number;
  /**
   * Connected without an event for this long: try the next host. 100 ms to
   * an hour, default 15,000. The public hosts bring hundreds of events a
   * second, and the real server gives up after 4 s; 15 s also lets a small
   * network be quiet without a reconnect for every pause, and is still a
   * quarter of what /health takes for stalled.
   */
  readonly silentMs?: number;
  /** Time for a connection to open, ms, 100 to 600,000, default 10,000. */
  readonly handshakeTimeoutMs?: number;
  /** A connection that lived so long was no failure, ms, from 100, default 10,000. */
  readonly healthyMs?: number;
  /** Ceiling of the second retry's delay, ms, default 500. The first is at once. */
  readonly backoffMinMs?: number;
  /** Ceiling of every retry's delay, ms, default 30,000. */
  readonly backoffMaxMs?: number;
  /** How far the cursor goes back on another host, ms, 0 to an hour, default 10,000. */
  readonly rewindMs?: number;
  /** Told what happens; must not throw. */
  readonly onEvent?: (event: ConsumerEvent) => void;
  /** Reads a frame; null: it is malformed. Must not throw. */
  readonly parse?: (text: string) => JetstreamEvent | null;
  readonly clock?: Clock;
  /** 0 to 1. */
  readonly random?: () => number;
  readonly openSocket?: SocketFactory;
}

/** All options, with their defaults filled in. */
export type ResolvedConsumerOptions = Readonly<Required<ConsumerOptions>>;

/** The defaults of {@link ConsumerOptions}; `endpoints` has none. */
export const CONSUMER_DEFAULTS = {
  cursor: null,
  cursorEndpoint: null,
  maxBatchEvents: 5000,
  maxBatchBytes: 8 * 1024 * 1024,
  maxBatchDelayMs: 1000,
  liveBatchDelayMs: 200,
  maxMessageBytes: 8 * 1024 * 1024,
  silentMs: 15_000,
  handshakeTimeoutMs: 10_000,
  healthyMs: 10_000,
  backoffMinMs: 500,
  backoffMaxMs: 30_000,
  rewindMs: 10_000,
  onEvent: () => undefined,
  parse: parseEvent,
  clock: systemClock,
  random: Math.random,
  openSocket,
} as const satisfies Required<Omit<ConsumerOptions, 'endpoints'>>;

const HOUR_MS = 3_600_000;

/** Whole numbers and their ranges. */
const RANGES = {
  maxBatchEvents: [1, 1_000_000],
  maxBatchBytes: [1024, 1024 ** 3],
  maxBatchDelayMs: [0, 60_000],
  liveBatchDelayMs: [0, 60_000],
  maxMessageBytes: [1024, 256 * 1024 ** 2],
  silentMs: [100, HOUR_MS],
  handshakeTimeoutMs: [100, 600_000],
  healthyMs: [100, HOUR_MS],
  backoffMinMs: [0, HOUR_MS],
  backoffMaxMs: [0, HOUR_MS],
  rewindMs: [0, HOUR_MS],
} as const satisfies Partial<
  Record<keyof ConsumerOptions, readonly [number, number]>
>;

const KNOWN: ReadonlySet<string> = new Set([
  'endpoints',
  ...Object.keys(CONSUMER_DEFAULTS),
]);

function isRanged(name: string): name is keyof typeof RANGES {
  return Object.hasOwn(RANGES, name);
}

/**
 * Fills in the defaults.
 *
 * @throws JetstreamError `unknown-option`, `bad-option`, naming it and its range
 */
export function resolveConsumerOptions(
  options: ConsumerOptions
): ResolvedConsumerOptions {
  const unknown = Object.keys(options).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) {
    throw new JetstreamError('unknown-option', `unknown option ${unknown}`);
  }
  const resolved = { ...CONSUMER_DEFAULTS, ...options };
  for (const name of Object.keys(RANGES).filter(isRanged)) {
    const [least, most] = RANGES[name];
    const value = resolved[name];
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      throw bad(`${name} must be a whole number of ${least} to ${most}`, value);
    }
  }
  const { cursor } = resolved;
  if (cursor !== null && (!Number.isSafeInteger(cursor) || cursor < 0)) {
    throw bad('cursor must be null or microseconds since 1970', cursor);
  }
  const { liveBatchDelayMs, maxBatchDelayMs } = resolved;
  return {
    ...resolved,
    liveBatchDelayMs: Math.min(liveBatchDelayMs, maxBatchDelayMs),
  };
}

function bad(message: string, value: unknown): JetstreamError {
  return new JetstreamError('bad-option', `${message}, not ${String(value)}`);
}
