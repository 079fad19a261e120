import { setTimeout as sleep } from 'node:timers/promises';
import { JetstreamConsumer } from '../../../../microcosm-bridge/constellation-embedded/jetstream/index.js';
import type {
  ConsumerEvent,
  ConsumerOptions,
  JetstreamBatch,
} from '../../../../microcosm-bridge/constellation-embedded/jetstream/index.js';

/** How long anything may take before a test gives up, ms; a busy machine is slow. */
const DEADLINE_MS = 30_000;

/** Polls until something is so. */
export async function until(
  what: string,
  isSo: () => boolean,
  eachTime: () => void = () => undefined
): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`never: ${what}`);
    eachTime();
    await sleep(5);
  }
}

/** Who is told when a test ends: a tap test. */
interface Teardown {
  teardown(run: () => Promise<void>): void;
}

/** A consumer at work, and all that came of it. */
export class Reading {
  readonly batches: JetstreamBatch[] = [];
  readonly log: ConsumerEvent[] = [];
  readonly consumer: JetstreamConsumer;
  /** While true no further batch is asked for. */
  held = false;
  readonly #stop = new AbortController();
  readonly #end: Promise<void>;

  constructor(t: Teardown, options: ConsumerOptions) {
    this.consumer = new JetstreamConsumer({
      maxBatchDelayMs: 50,
      backoffMinMs: 5,
      backoffMaxMs: 20,
      ...options,
      onEvent: (event) => this.log.push(event),
    });
    this.#end = this.#read();
    t.teardown(() => this.stop());
  }

  /** The times of all events so far, µs. */
  get times(): number[] {
    return this.batches.flatMap(({ events }) =>
      events.map(({ timeUs }) => timeUs)
    );
  }

  /** Where each connection began, µs. */
  get cursors(): (number | null)[] {
    return this.logged('connected').map(({ cursorUs }) => cursorUs);
  }

  /** What was logged of one type. */
  logged<Type extends ConsumerEvent['type']>(
    type: Type
  ): Extract<ConsumerEvent, { type: Type }>[] {
    return this.log.filter(
      (event): event is Extract<ConsumerEvent, { type: Type }> =>
        event.type === type
    );
  }

  /** Why connections ended, in order. */
  get reasons(): string[] {
    return this.logged('disconnected').map(({ reason }) => reason);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#end;
  }

  async #read(): Promise<void> {
    for await (const batch of this.consumer.batches(this.#stop.signal)) {
      this.batches.push(batch);
      while (this.held && !this.#stop.signal.aborted) await sleep(5);
    }
  }
}

/** An event of the size that is wanted, as a stream sends it. */
export function eventLine(timeUs: number, sizeBytes = 0): string {
  const line = {
    did: 'did:plc:readingreadingreading2',
    time_us: timeUs,
    kind: 'commit',
    commit: {
      rev: '3lreadingaa22',
      operation: 'create',
      collection: 'app.bsky.feed.like',
      rkey: String(timeUs),
      record: { $type: 'app.bsky.feed.like', padding: '' },
    },
  };
  const missing = sizeBytes - JSON.stringify(line).length;
  line.commit.record.padding = 'p'.repeat(Math.max(0, missing));
  return JSON.stringify(line);
}

/** Times of `count` events, so many µs apart. */
export function timesFrom(
  startUs: number,
  count: number,
  stepUs = 1000
): number[] {
  return Array.from({ length: count }, (_, i) => startUs + i * stepUs);
}
