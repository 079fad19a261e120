/**
 * Reads a Jetstream for as long as it is asked to.
 *
 * Why not `@atcute/jetstream` (2.0), which is well kept and small? Not for its
 * speed: measured with `benchmarks/jetstream-client.ts` (500-byte events from a
 * simulator in another process, 2 cores, Node 20) it validates 75,000 events a
 * second at 13 µs of CPU each, this consumer 92,000 at 11, and either leaves
 * the store its 12,000. But its queue has no bound and its socket cannot be
 * paused (a reader that stopped for 3 s had 163 MiB more, all there was to
 * send; here: none); one text frame that is no JSON ends the process, as it is
 * parsed in a listener without `catch`; its cursor is that of what came in,
 * not of what was taken; and it does not notice silence.
 *
 * JSON text frames are asked for, not `compress=true`: that needs Jetstream's
 * own zstd dictionary, and CPU where there is bandwidth enough.
 */

import { BatchBuffer } from './batch-buffer.js';
import type { JetstreamBatch } from './batch.js';
import { resolveConsumerOptions } from './consumer-options.js';
import type {
  ConsumerOptions,
  ResolvedConsumerOptions,
} from './consumer-options.js';
import { newCounts } from './consumer-state.js';
import type { ConsumerState } from './consumer-state.js';
import { parseEndpoint } from './endpoints.js';
import type { JetstreamEndpoint } from './endpoints.js';
import { JetstreamError } from './jetstream-error.js';
import { StreamReader } from './stream-reader.js';

/** One for a stream; {@link JetstreamConsumer.batches} does the work. */
export class JetstreamConsumer {
  readonly #options: ResolvedConsumerOptions;
  readonly #endpoints: readonly JetstreamEndpoint[];
  readonly #counts = newCounts();
  #reader: StreamReader | null = null;
  #buffer: BatchBuffer;
  /** What the reader of the batches has dealt with. */
  #done: { readonly cursorUs: number; readonly host: string | null } | null;
  #wake: () => void = () => undefined;

  /** @throws JetstreamError when an option or an endpoint is wrong */
  constructor(options: ConsumerOptions) {
    this.#options = resolveConsumerOptions(options);
    this.#endpoints = this.#options.endpoints.map(parseEndpoint);
    if (this.#endpoints.length === 0) {
      throw new JetstreamError('no-endpoint', 'no Jetstream endpoint is given');
    }
    const { clock, cursor, cursorEndpoint } = this.#options;
    this.#buffer = new BatchBuffer(this.#options, clock);
    this.#done =
      cursor === null ? null : { cursorUs: cursor, host: cursorEndpoint };
  }

  /** How it is, now. */
  state(): ConsumerState {
    const { opened, ...counts } = this.#counts;
    const reader = this.#reader;
    return {
      ...counts,
      connected: (reader?.connectedSinceMs ?? null) !== null,
      endpoint: reader?.endpoint ?? null,
      connectedSinceMs: reader?.connectedSinceMs ?? null,
      reconnects: Math.max(0, opened - 1),
      failures: reader?.failures ?? 0,
      paused: reader?.paused ?? false,
      waitingEvents: this.#buffer.size,
      waitingBytes: this.#buffer.bytes,
    };
  }

  /**
   * Connects, and hands out batches until `signal` fires or the loop is left.
   * Never ends by itself, whatever the stream does.
   *
   * Asking for the next batch says that the last one has been dealt with.
   * While nobody asks, at most one full batch is read ahead; then the socket
   * is paused. After the end it may be called again: it goes on behind the
   * last batch that was dealt with.
   *
   * @throws JetstreamError `already-running`
   */
  async *batches(signal: AbortSignal): AsyncGenerator<JetstreamBatch, void> {
    if (this.#reader !== null) {
      throw new JetstreamError(
        'already-running',
        'the batches of this consumer are being read already'
      );
    }
    const { clock } = this.#options;
    this.#buffer = new BatchBuffer(this.#options, clock);
    const reader = new StreamReader({
      options: this.#options,
      endpoints: this.#endpoints,
      counts: this.#counts,
      buffer: this.#buffer,
      start: this.#done,
      onRead: () => {
        this.#wake();
      },
    });
    this.#reader = reader;
    const stop = new AbortController();
    const ended = AbortSignal.any([signal, stop.signal]);
    const reading = reader.run(ended).finally(() => {
      stop.abort();
    });
    // Should it fail, which would be a defect, the end of this function tells.
    reading.catch(() => undefined);
    try {
      for (;;) {
        const batch = await this.#next(reader, ended);
        if (batch === null) break;
        yield batch;
        this.#done = { cursorUs: batch.cursor, host: batch.endpoint };
      }
    } finally {
      stop.abort();
      await reading.finally(() => {
        this.#reader = null;
      });
    }
  }

  /** @returns null when the end has come */
  async #next(
    reader: StreamReader,
    ended: AbortSignal
  ): Promise<JetstreamBatch | null> {
    const { clock } = this.#options;
    const sinceMs = clock.elapsed();
    reader.flow();
    while (!ended.aborted) {
      const dueInMs = this.#buffer.dueInMs(sinceMs);
      if (dueInMs === 0) return this.#buffer.take();
      await this.#waitFor(dueInMs, ended);
    }
    return null;
  }

  /** Until a batch is complete, or begun, or due, or the end has come. */
  async #waitFor(dueInMs: number | null, ended: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        ended.removeEventListener('abort', done);
        this.#wake = (): void => undefined;
        resolve();
      };
      const cancel =
        dueInMs === null
          ? (): void => undefined
          : this.#options.clock.after(dueInMs, done);
      ended.addEventListener('abort', done, { once: true });
      this.#wake = (): void => {
        if (dueInMs === null || this.#buffer.full) done();
      };
    });
  }
}
