/** Whoever has to know that something ended. */
export interface EndListener {
  onEnded(reason: Error): void;
}

/**
 * Something that ends once, for a reason, and tells whoever listens. Inside
 * the client it takes the place of an AbortSignal, which is an EventTarget:
 * making one and listening to it for each request cost as much as the rest of
 * the request (measured, see README.md). What callers pass is an AbortSignal.
 */
export class Ending {
  readonly #listeners = new Set<EndListener>();
  #reason: Error | null = null;

  /** Why it ended; null until then. */
  get reason(): Error | null {
    return this.#reason;
  }

  /** Ends it; the first reason stands. Listeners are told once. */
  end(reason: Error): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const told = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of told) listener.onEnded(reason);
  }

  /** Told when it ends; not where it has ended already. */
  listen(listener: EndListener): void {
    if (this.#reason === null) this.#listeners.add(listener);
  }

  unlisten(listener: EndListener): void {
    this.#listeners.delete(listener);
  }

  /** @throws the reason where it has ended */
  throwIfEnded(): void {
    if (this.#reason !== null) throw this.#reason;
  }
}
