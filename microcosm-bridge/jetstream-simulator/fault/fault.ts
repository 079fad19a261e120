/** The ways in which garbage is sent; see `garbage.ts` for what each is. */
export const garbageKinds = [
  'invalid-json',
  'invalid-utf8',
  'binary-noise',
  'wrong-shape',
  'large-record',
  'huge-frame',
] as const;

/** One of {@link garbageKinds}. */
export type GarbageKind = (typeof garbageKinds)[number];

/** When a fault strikes a connection, and how often. */
interface Timing {
  /** Events a connection gets before it strikes. Default 0: at once. */
  readonly afterEvents?: number;
  /** Over all connections; after so many times all is well again. Default: no end. */
  readonly times?: number;
}

/** {@link Timing} of what leaves the connection open. */
interface RepeatedTiming extends Timing {
  /** Events between one and the next on the same connection. Default: once. */
  readonly everyEvents?: number;
}

/** How long a fault lasts. */
interface Lasting {
  /** Milliseconds until all is well again. Default: until it is replaced. */
  readonly forMs?: number;
}

/**
 * What is wrong with the stream. One fault at a time; each replaces the one before
 * it, and `none` is how to recover.
 *
 * - `none`: all is well.
 * - `refuse`: connections are cut and new ones answered with 503.
 * - `unreachable`: connections are cut and nothing listens on the port, the
 *   control endpoint included, so it needs `forMs` there.
 * - `silent`: connections stay open and nothing is sent.
 * - `close`: a connection is closed after some events.
 * - `garbage`: a piece of garbage is sent between the events.
 * - `jump-back`: events that were sent already are sent once more.
 * - `retention`: only events from `oldestTimeUs` on can be replayed.
 */
export type Fault =
  | { readonly fault: 'none' }
  | ({ readonly fault: 'refuse' } & Lasting)
  | ({ readonly fault: 'unreachable' } & Lasting)
  | ({ readonly fault: 'silent' } & Lasting)
  | ({
      readonly fault: 'close';
      /** Without a closing handshake, as a crash would. Default false. */
      readonly abrupt?: boolean;
      /** WebSocket close code, 1000 to 4999. Default 1001, going away. */
      readonly closeCode?: number;
    } & Timing)
  | ({
      readonly fault: 'garbage';
      readonly garbage: GarbageKind;
      /** Of `large-record` (default 2 MB) and `huge-frame` (50 MB). */
      readonly sizeBytes?: number;
    } & RepeatedTiming)
  | ({
      readonly fault: 'jump-back';
      /** How many events, counted before any filter. Default 100. */
      readonly events?: number;
    } & RepeatedTiming)
  | ({
      readonly fault: 'retention';
      /** Microseconds since 1970. */
      readonly oldestTimeUs: number;
    } & Lasting);
