import type { BatchBuffer } from './batch-buffer.js';
import { pauseFor } from './clock.js';
import { Connection } from './connection.js';
import type { ConnectionEnd } from './connection.js';
import type { ResolvedConsumerOptions } from './consumer-options.js';
import type { ConsumerCounts } from './consumer-state.js';
import { subscribeUrl } from './endpoints.js';
import type { JetstreamEndpoint } from './endpoints.js';
import { Intake } from './intake.js';
import { OversizedSkip } from './oversized-skip.js';
import { ResumePoints, isFuture } from './resume-points.js';
import { nextEndpointIndex, retryDelayMs } from './retry-policy.js';

/** What the reader works with. */
export interface StreamReaderParts {
  readonly options: ResolvedConsumerOptions;
  /** At least one. */
  readonly endpoints: readonly JetstreamEndpoint[];
  readonly counts: ConsumerCounts;
  readonly buffer: BatchBuffer;
  /** Where to begin, µs, and the URL that it is from; null: now. */
  readonly start: {
    readonly cursorUs: number;
    readonly host: string | null;
  } | null;
  /** Something is in the buffer that was not before. */
  readonly onRead: () => void;
}

/** Connects, reads into the buffer, and connects again, until it is stopped. */
export class StreamReader {
  /** ms since 1970; null while not connected. */
  connectedSinceMs: number | null = null;
  /** The one in use or being tried. */
  endpoint: string | null = null;
  /** Connections in a row that failed or ended young. */
  failures = 0;
  readonly #parts: StreamReaderParts;
  readonly #points: ResumePoints;
  readonly #skip = new OversizedSkip();
  readonly #intake: Intake;
  #connection: Connection | null = null;
  #paused = false;
  #openedAtMs: number | null = null;
  #lastHost: string | null;
  #onRoom: () => void = () => undefined;

  constructor(parts: StreamReaderParts) {
    this.#parts = parts;
    const { options, counts, buffer } = parts;
    const start = believable(parts.start, options.clock.now() * 1000);
    this.#points = new ResumePoints(options.rewindMs, start);
    this.#lastHost = start?.host ?? null;
    this.#intake = new Intake({
      options,
      counts,
      buffer,
      points: this.#points,
    });
  }

  /** Whether reading has stopped because there is no room. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Reads on if there is room again. */
  flow(): void {
    if (this.#parts.buffer.full) return;
    this.#onRoom();
    if (!this.#paused) return;
    this.#paused = false;
    this.#connection?.resume();
  }

  /** Resolves when `signal` fires, not before. */
  async run(signal: AbortSignal): Promise<void> {
    const { endpoints, options } = this.#parts;
    for (const { url: endpoint, warning: message } of endpoints) {
      if (message === undefined) continue;
      options.onEvent({ type: 'endpoint-warning', endpoint, message });
    }
    let index = 0;
    while (!signal.aborted) {
      await this.#room(signal);
      const endpoint = endpoints[index];
      if (signal.aborted || endpoint === undefined) return;
      const end = await this.#connect(endpoint, signal);
      if (end.reason === 'stopped') return;
      const healthy = this.#settle(endpoint, end);
      index = nextEndpointIndex(index, endpoints.length, {
        reason: end.reason,
        healthy,
      });
      const delayMs = retryDelayMs(this.failures, options.random(), {
        minMs: options.backoffMinMs,
        maxMs: options.backoffMaxMs,
      });
      options.onEvent({
        type: 'disconnected',
        endpoint: endpoint.url,
        ...end,
        failures: this.failures,
        retryInMs: delayMs,
        nextEndpoint: endpoints[index]?.url ?? endpoint.url,
      });
      await pauseFor(options.clock, delayMs, signal);
    }
  }

  /** One connection, from its beginning to its end. */
  async #connect(
    endpoint: JetstreamEndpoint,
    signal: AbortSignal
  ): Promise<ConnectionEnd> {
    const { options, buffer } = this.#parts;
    const { clock, maxMessageBytes, handshakeTimeoutMs, silentMs } = options;
    const { url } = endpoint;
    const coveredUs = this.#points.resumeAt(url);
    const cursorUs = this.#skip.resumeAt(
      url,
      coveredUs,
      this.#points.furthestUs,
      clock.now() * 1000
    );
    this.endpoint = url;
    const socket = options.openSocket(
      subscribeUrl(endpoint, cursorUs, maxMessageBytes),
      { maxMessageBytes, handshakeTimeoutMs }
    );
    const connection = new Connection({
      socket,
      clock,
      silentMs,
      onOpen: () => {
        this.#opened(url, coveredUs, cursorUs);
      },
      onFrame: (data, isBinary) => {
        const isEvent = this.#intake.frame(data, isBinary);
        if (isEvent) this.#parts.onRead();
        if (buffer.full && !this.#paused) {
          this.#paused = true;
          connection.pause();
        }
        return isEvent;
      },
    });
    this.#connection = connection;
    const stop = (): void => {
      connection.stop();
    };
    signal.addEventListener('abort', stop, { once: true });
    const end = await connection.ended;
    signal.removeEventListener('abort', stop);
    this.#connection = null;
    this.#paused = false;
    this.connectedSinceMs = null;
    return end;
  }

  #opened(
    url: string,
    coveredUs: number | null,
    cursorUs: number | null
  ): void {
    const { options, counts } = this.#parts;
    counts.opened++;
    this.#openedAtMs = options.clock.elapsed();
    this.connectedSinceMs = options.clock.now();
    this.#intake.begin(url, coveredUs);
    const from = this.#lastHost;
    this.#lastHost = url;
    options.onEvent({ type: 'connected', endpoint: url, cursorUs });
    if (from === null || from === url) return;
    options.onEvent({ type: 'host-changed', from, to: url, cursorUs });
  }

  /** Counts what ended. @returns whether the connection had been healthy */
  #settle(
    { url, label }: JetstreamEndpoint,
    { reason, message }: ConnectionEnd
  ): boolean {
    const { options, counts } = this.#parts;
    const openedAtMs = this.#openedAtMs;
    this.#openedAtMs = null;
    const healthy =
      openedAtMs !== null &&
      options.clock.elapsed() - openedAtMs >= options.healthyMs;
    this.failures = healthy ? 1 : this.failures + 1;
    counts.lastError = `${label}: ${message}`;
    if (reason === 'silent' || reason === 'garbage') counts.silences++;
    if (reason === 'oversized') this.#oversized(url);
    return healthy;
  }

  #oversized(endpoint: string): void {
    const { options, counts } = this.#parts;
    counts.oversized++;
    const afterUs = this.#points.furthestUs;
    const skippedUs = afterUs === null ? 0 : this.#skip.hit(endpoint, afterUs);
    if (skippedUs > 0) counts.skips++;
    options.onEvent({ type: 'oversized', endpoint, afterUs, skippedUs });
  }

  /** Not to connect while there is no room: each connection brings some more. */
  async #room(signal: AbortSignal): Promise<void> {
    if (!this.#parts.buffer.full || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        this.#onRoom = (): void => undefined;
        resolve();
      };
      this.#onRoom = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** A stored cursor from the far future would make every resume lose events. */
function believable(
  start: StreamReaderParts['start'],
  nowUs: number
): StreamReaderParts['start'] {
  if (start === null || !isFuture(start.cursorUs, nowUs)) return start;
  return { ...start, cursorUs: nowUs };
}
