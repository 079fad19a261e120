import type { CacheEntry } from './cache-entry.js';
import type { ConstellationError } from './errors.js';
import type { Found } from './question.js';

/** What became of a flight. */
export type FlightOutcome<T> =
  | { readonly ok: true; readonly entry: CacheEntry<T> }
  | { readonly ok: false; readonly error: ConstellationError };

/** One question on its way, shared by all who ask it meanwhile. */
export class Flight<T> {
  /** Callers still waiting; without any it only fills the cache. */
  waiting = 0;
  /** Null while on its way. */
  outcome: FlightOutcome<T> | null = null;
  /** An answer that a better one may still replace. */
  interim: Found<T> | null = null;
  /** Ends when `outcome` is set; never rejects. */
  landed: Promise<void> = Promise.resolve();

  /** Takes an interim answer; a partial one never replaces a whole one. */
  offer(found: Found<T>): void {
    if (this.interim === null || this.interim.partial || !found.partial) {
      this.interim = found;
    }
  }
}

/** Shares flights by key: at most one request for the same thing at a time. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();
  #shared = 0;

  /** Flights under way. */
  get size(): number {
    return this.#flights.size;
  }

  /** How often a flight under way was joined. */
  get shared(): number {
    return this.#shared;
  }

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /**
   * @param start asks; has to resolve with what became of it
   * @returns the flight under way, or a new one
   */
  join(
    key: string,
    start: (flight: Flight<T>) => Promise<FlightOutcome<T>>
  ): Flight<T> {
    const underway = this.#flights.get(key);
    if (underway !== undefined) {
      this.#shared += 1;
      return underway;
    }
    const flight = new Flight<T>();
    this.#flights.set(key, flight);
    flight.landed = start(flight).then((outcome) => {
      flight.outcome = outcome;
      this.#flights.delete(key);
    });
    return flight;
  }
}
