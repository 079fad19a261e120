import type { CacheEntry } from './cache-entry.js';

/** Bounds of a {@link MemoryCache}. */
export interface MemoryCacheOptions<T> {
  /** Most entries; 0 keeps none. */
  readonly entries: number;
  /** Most bytes by `sizeOf`; no bound where left out. */
  readonly sizeBytes?: number;
  /** About how many bytes a value takes. */
  readonly sizeOf?: (value: T) => number;
}

/** How a {@link MemoryCache} did. */
export interface MemoryCacheStats {
  readonly entries: number;
  readonly capacity: number;
  readonly evictions: number;
}

/**
 * Values by key, the least recently used one dropped first. Entries stay past
 * their time, for when nothing better can be had; what is too old to be of
 * any use is the reader's to say.
 */
export class MemoryCache<T> {
  readonly #options: MemoryCacheOptions<T>;
  readonly #entries = new Map<string, CacheEntry<T>>();
  #sizeBytes = 0;
  #evictions = 0;

  constructor(options: MemoryCacheOptions<T>) {
    this.#options = options;
  }

  /** The entry, fresh or not; becomes the most recently used. */
  get(key: string): CacheEntry<T> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // A Map keeps the order of insertion: the first key is the oldest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: CacheEntry<T>): void {
    const { entries, sizeBytes = Infinity } = this.#options;
    if (entries === 0) return;
    this.delete(key);
    // One that fits nowhere must not push out all others first.
    if (this.#sizeOf(entry) > sizeBytes) return;
    this.#entries.set(key, entry);
    this.#sizeBytes += this.#sizeOf(entry);
    this.#evict();
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#sizeBytes -= this.#sizeOf(entry);
  }

  stats(): MemoryCacheStats {
    return {
      entries: this.#entries.size,
      capacity: this.#options.entries,
      evictions: this.#evictions,
    };
  }

  #evict(): void {
    const { entries, sizeBytes = Infinity } = this.#options;
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= entries && this.#sizeBytes <= sizeBytes) return;
      this.delete(key);
      this.#evictions += 1;
    }
  }

  #sizeOf(entry: CacheEntry<T>): number {
    return this.#options.sizeOf?.(entry.value) ?? 0;
  }
}
