/** How the consumer is, for /health and metrics; counts are since it was made. */
export interface ConsumerState {
  readonly connected: boolean;
  /** URL of the endpoint in use or being tried; null before the first. */
  readonly endpoint: string | null;
  /** ms since 1970; null while not connected. */
  readonly connectedSinceMs: number | null;
  /** Connections that opened, after the first. */
  readonly reconnects: number;
  /** Connections in a row that failed or ended young, up to the one before this. */
  readonly failures: number;
  /** Frames of data, of any kind. */
  readonly frames: number;
  /** Bytes of those frames. */
  readonly bytes: number;
  readonly events: number;
  /** Frames that were no event. */
  readonly malformed: number;
  /** Frames above the size limit; each ended a connection. */
  readonly oversized: number;
  /** How often the cursor stepped ahead past such a frame. */
  readonly skips: number;
  /** Events from the far future; delivered, without moving the cursor. */
  readonly future: number;
  /** Connections that were given up because nothing came. */
  readonly silences: number;
  /** How often a stream no longer had what came after the cursor. */
  readonly gaps: number;
  /** When the last frame came, ms since 1970. */
  readonly lastFrameAtMs: number | null;
  /** Newest `time_us` read, those from the far future left out. */
  readonly newestTimeUs: number | null;
  /** Whether reading has stopped because a full batch waits. */
  readonly paused: boolean;
  /** Events read and not yet taken, and the size of their text. */
  readonly waitingEvents: number;
  readonly waitingBytes: number;
  /** The newest trouble, for a person; null once events come again. */
  readonly lastError: string | null;
}

/** The part of the state that is counted as things happen. */
export interface ConsumerCounts {
  opened: number;
  frames: number;
  bytes: number;
  events: number;
  malformed: number;
  oversized: number;
  skips: number;
  future: number;
  silences: number;
  gaps: number;
  lastFrameAtMs: number | null;
  newestTimeUs: number | null;
  lastError: string | null;
}

/** Nothing has happened yet. */
export function newCounts(): ConsumerCounts {
  return {
    opened: 0,
    frames: 0,
    bytes: 0,
    events: 0,
    malformed: 0,
    oversized: 0,
    skips: 0,
    future: 0,
    silences: 0,
    gaps: 0,
    lastFrameAtMs: null,
    newestTimeUs: null,
    lastError: null,
  };
}
