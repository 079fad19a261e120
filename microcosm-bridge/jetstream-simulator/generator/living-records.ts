import type { Account } from './accounts.js';
import type { Random } from './random.js';

/** Where a record is. */
export interface RecordPlace {
  readonly account: Account;
  readonly collection: string;
  readonly rkey: string;
}

/** How many records are remembered: old and new ones alike, in bounded memory. */
const capacity = 4096;

/** A sample of the records that exist, out of which deletions are drawn. */
export class LivingRecords {
  private readonly random: Random;
  private readonly places: RecordPlace[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  /** Remembers a record; a full sample forgets one for it. */
  add(place: RecordPlace): void {
    if (this.places.length < capacity) this.places.push(place);
    else this.places[this.random.below(capacity)] = place;
  }

  /** Takes one out, undefined where none is left. */
  take(): RecordPlace | undefined {
    const { places } = this;
    const index = this.random.below(places.length);
    const taken = places[index];
    const last = places.pop();
    if (last !== undefined && index < places.length) places[index] = last;
    return taken;
  }

  /** Forgets all: what was made so far is never deleted from here on. */
  clear(): void {
    this.places.length = 0;
  }
}
