import type { IndexStatus } from './index-status.js';

/** How far back snapshots are kept, ms; longer than any trend that is judged. */
const KEPT_MS = 120_000;

/** The snapshots of the last two minutes, oldest first. */
export class StatusHistory {
  #entries: IndexStatus[] = [];

  /** Takes the newest snapshot in. */
  add(status: IndexStatus): void {
    const oldest = status.atMs - KEPT_MS;
    if ((this.#entries[0]?.atMs ?? oldest) < oldest) {
      this.#entries = this.#entries.filter(({ atMs }) => atMs >= oldest);
    }
    this.#entries.push(status);
  }

  /** All of them. */
  get entries(): readonly IndexStatus[] {
    return this.#entries;
  }

  /** The newest one. */
  get latest(): IndexStatus | null {
    return this.#entries.at(-1) ?? null;
  }

  /** Events a second over the last `windowMs`, 0 when too little is known. */
  eventsPerSecond(windowMs: number): number {
    const last = this.latest;
    if (last === null) return 0;
    const first = this.#entries.find(
      ({ atMs }) => atMs >= last.atMs - windowMs
    );
    if (first === undefined || first.atMs === last.atMs) return 0;
    const events = last.eventsTotal - first.eventsTotal;
    return events / ((last.atMs - first.atMs) / 1000);
  }
}
