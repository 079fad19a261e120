/** What the writer does besides its batches: measuring growth, dropping what is old. */

import type { IndexWriter } from '../store/index-writer.js';
import type { Store } from '../store/open-store.js';
import { GROWTH_KEY } from '../store/state.js';
import type { GrowthSample } from '../store/state.js';
import { isDiskFull } from './disk-space.js';
import { addSample, bytesPerDay } from './growth.js';
import { Retention } from './retention.js';

/** What it works on. */
export interface UpkeepOptions {
  readonly store: Store;
  readonly writer: IndexWriter;
  /** Days of links to keep; null: all. */
  readonly retainDays: number | null;
}

/** One for a writer; its steps are short and run between batches. */
export class Upkeep {
  readonly #store: Store;
  readonly #retention: Retention | null;
  #samples: readonly GrowthSample[];

  constructor({ store, writer, retainDays }: UpkeepOptions) {
    this.#store = store;
    this.#samples = store.growth.get(GROWTH_KEY) ?? [];
    this.#retention =
      retainDays === null
        ? null
        : new Retention({
            days: retainDays,
            store,
            expire: (links) => writer.expire(links),
          });
  }

  /** Links dropped as too old since the process started. */
  get dropped(): number {
    return this.#retention?.dropped ?? 0;
  }

  /** Bytes a day; null before that can be told. */
  perDay(now: GrowthSample): number | null {
    return bytesPerDay(this.#samples, now);
  }

  /** Call a few times a second. @returns whether something was committed */
  step(now: GrowthSample): boolean {
    const before = this.dropped;
    this.#retention?.step();
    const samples = addSample(this.#samples, now);
    if (samples !== null) this.#keep(samples);
    return this.dropped > before;
  }

  #keep(samples: readonly GrowthSample[]): void {
    try {
      this.#store.growth.putSync(GROWTH_KEY, samples);
      this.#samples = samples;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }
}
