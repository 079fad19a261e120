/** Everything of the writer's thread but the thread: source, commits, status. */

import type { JetstreamEvent } from '../event.js';
import type { IndexSource, IndexStatus } from '../health/index-status.js';
import { JetstreamConsumer } from '../jetstream/index.js';
import type { LogLevel } from '../../../lib/log/log.js';
import { IndexMetrics } from '../metrics/index-metrics.js';
import { IndexWriter } from '../store/index-writer.js';
import type { BatchPosition } from '../store/index-writer.js';
import { openStore } from '../store/open-store.js';
import type { Store } from '../store/open-store.js';
import type { GrowthSample } from '../store/state.js';
import type { MetricsJson } from '../../../lib/api-server/index.js';
import { countCommit } from '../threads/commit-counter.js';
import type { IndexThreadData } from '../threads/messages.js';
import { Committer } from './committer.js';
import { freeBytes, storeBytes } from './disk-space.js';
import { fixtureBatches } from './fixture-batches.js';
import { logConsumerEvent } from './log-consumer-event.js';
import { Upkeep } from './upkeep.js';

/** Indexes one stream, or one file, into one data folder. */
export class Indexer {
  readonly #data: IndexThreadData;
  readonly #log: (level: LogLevel, text: string) => void;
  readonly #store: Store;
  readonly #writer: IndexWriter;
  readonly #committer: Committer;
  readonly #upkeep: Upkeep;
  readonly #metrics: IndexMetrics;
  readonly #consumer: JetstreamConsumer | null;
  #source: IndexSource;
  #lastReadAtMs: number | null = null;
  #malformedLines = 0;
  #rejected = 0;
  /** As last seen. */
  #freeBytes = 0;

  /** @throws StoreError when the store cannot be opened */
  constructor(
    data: IndexThreadData,
    log: (level: LogLevel, text: string) => void
  ) {
    this.#data = data;
    this.#log = log;
    this.#source = sourceOf(data);
    this.#store = openStore(data.dataPath);
    // Zeros would stay for ever in an index that is to keep its size.
    this.#writer = new IndexWriter(
      this.#store,
      Date.now() * 1000,
      data.retainDays !== null
    );
    this.#committer = this.#makeCommitter();
    this.#consumer = this.#makeConsumer();
    this.#upkeep = new Upkeep({
      store: this.#store,
      writer: this.#writer,
      retainDays: data.retainDays,
    });
    this.#metrics = new IndexMetrics({
      status: () => this.status(),
      stream: () =>
        this.#consumer?.state() ?? { frames: 0, bytes: 0, oversized: 0 },
      dropped: () => this.#upkeep.dropped,
    });
  }

  /** How the index is, now. */
  status(): IndexStatus {
    const state = this.#writer.state;
    const consumer = this.#consumer?.state();
    const size = this.#size();
    return {
      atMs: size.atMs,
      source: this.#source,
      cursor: state.cursor,
      lastReadAtMs: consumer?.lastFrameAtMs ?? this.#lastReadAtMs,
      connected: consumer?.connected ?? false,
      endpoint: consumer?.endpoint ?? this.#data.fixture,
      reconnects: consumer?.reconnects ?? 0,
      malformed: consumer?.malformed ?? this.#malformedLines,
      rejected: this.#rejected,
      eventsTotal: state.events,
      startedAt: state.startedAt,
      completeSince: state.completeSince,
      pause: this.#committer.pause,
      trouble: consumer?.lastError ?? null,
      dataBytes: size.bytes,
      freeBytes: this.#free(),
      minFreeBytes: this.#data.minFreeBytes,
      bytesPerDay: this.#upkeep.perDay(size),
      retainDays: this.#data.retainDays,
    };
  }

  /**
   * Looks after the store for a few milliseconds; call a few times a second.
   * An index that takes nothing in is left as it is.
   */
  tend(): void {
    if (this.#source === 'none') return;
    const size = this.#size();
    // Its folder is away: nothing to measure, and nowhere to write.
    if (size.bytes === 0) return;
    if (this.#upkeep.step(size)) countCommit(this.#data.commits);
  }

  #free(): number {
    try {
      this.#freeBytes = freeBytes(this.#data.dataPath);
    } catch {
      // Away. The next batch says so, and pauses.
    }
    return this.#freeBytes;
  }

  #size(): GrowthSample {
    return { atMs: Date.now(), bytes: storeBytes(this.#data.dataPath) };
  }

  /** The metrics of this thread. */
  async metrics(): Promise<MetricsJson> {
    return await this.#metrics.json();
  }

  /**
   * Indexes until `signal` fires, or to the end of the file. What was
   * committed stays; what was read and not committed comes again.
   *
   * @param onProgress - called when the status changed in a way worth telling
   */
  async run(signal: AbortSignal, onProgress: () => void): Promise<void> {
    if (this.#consumer !== null) {
      await this.#runStream(this.#consumer, signal, onProgress);
    } else if (this.#data.fixture !== null) {
      await this.#runFile(this.#data.fixture, signal);
    }
    onProgress();
  }

  /** Closes the store; nothing may be called afterwards but {@link status}. */
  async close(): Promise<void> {
    await this.#store.root.close();
  }

  async #runStream(
    consumer: JetstreamConsumer,
    signal: AbortSignal,
    onProgress: () => void
  ): Promise<void> {
    for await (const batch of consumer.batches(signal)) {
      const first = this.#writer.state.cursor === null;
      const { cursor, endpoint, gap } = batch;
      const position = {
        cursor,
        endpoint,
        ...(gap === undefined ? {} : { gapUntil: gap.toUs }),
      };
      if (!(await this.#commit(batch.events, position, signal))) return;
      if (first) onProgress();
    }
  }

  async #runFile(file: string, signal: AbortSignal): Promise<void> {
    const { endpoint, cursor } = this.#writer.state;
    for await (const batch of fixtureBatches(file, endpoint, cursor ?? 0)) {
      this.#lastReadAtMs = Date.now();
      this.#malformedLines += batch.malformed;
      if (!(await this.#commit(batch.events, batch, signal))) return;
      if (signal.aborted) return;
    }
    this.#source = 'file-done';
    this.#log('info', `all of ${file} is indexed`);
  }

  async #commit(
    events: readonly JetstreamEvent[],
    position: BatchPosition,
    signal: AbortSignal
  ): Promise<boolean> {
    const started = performance.now();
    const done = await this.#committer.commit(events, position, signal);
    countCommit(this.#data.commits);
    if (!done) return false;
    const seconds = (performance.now() - started) / 1000;
    this.#metrics.observeBatch(events, this.#writer.lastResult, seconds);
    return true;
  }

  #makeCommitter(): Committer {
    return new Committer({
      writer: this.#writer,
      dataPath: this.#data.dataPath,
      minFreeBytes: this.#data.minFreeBytes,
      onPause: ({ message }) => {
        this.#log('error', message);
      },
      onResume: ({ reason }) => {
        const what = reason === 'disk-full' ? 'there is space' : 'it is there';
        this.#log('info', `${what} again: indexing goes on`);
      },
      onReject: (event, error) => {
        this.#rejected++;
        const why = error instanceof Error ? error.message : String(error);
        this.#log(
          'error',
          `the store refused an event of ${event.did} at ${event.timeUs}, which is left out: ${why}`
        );
      },
    });
  }

  #makeConsumer(): JetstreamConsumer | null {
    const { jetstream } = this.#data;
    if (jetstream === null) return null;
    const { cursor, endpoint } = this.#writer.state;
    return new JetstreamConsumer({
      endpoints: jetstream,
      cursor,
      cursorEndpoint: endpoint,
      onEvent: (event) => {
        logConsumerEvent(event, this.#log);
      },
    });
  }
}

function sourceOf({ jetstream, fixture }: IndexThreadData): IndexSource {
  if (jetstream !== null) return 'stream';
  return fixture === null ? 'none' : 'file';
}
