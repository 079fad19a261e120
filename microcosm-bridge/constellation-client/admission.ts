/** Bounds what is under way at once: who comes on top is sent away at once. */
export class Admission {
  readonly #most: number;
  #active = 0;
  #refused = 0;

  /** @param most 1 or more */
  constructor(most: number) {
    this.#most = most;
  }

  /** Under way now. */
  get active(): number {
    return this.#active;
  }

  /** Sent away since the start. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Does the work if there is a place.
   * @returns null where there is none
   */
  run<T>(work: () => Promise<T>): Promise<T> | null {
    if (this.#active >= this.#most) {
      this.#refused += 1;
      return null;
    }
    this.#active += 1;
    return work().finally(() => {
      this.#active -= 1;
    });
  }
}
