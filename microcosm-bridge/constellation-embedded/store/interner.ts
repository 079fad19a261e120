/** Short ids for long texts, kept in two trees: text → id, and id → text. */

import { LRUCache } from 'lru-cache';
import { ID_BYTES, ID_LIMIT, idKey, textKey } from './keys.js';
import type { Tree } from './open-store.js';

/** Where the interner keeps what it knows. */
export interface InternerTrees {
  readonly ids: Tree;
  /** Where `name(text)` is kept under the id; none when nobody asks. */
  readonly names?: Tree;
  /** What is kept under the id; the text itself when not given. */
  readonly name?: (text: string) => Buffer;
}

/** Writer's side: looks ids up and gives new ones out, in a write transaction. */
export class Interner {
  readonly #trees: InternerTrees;
  readonly #cache: LRUCache<string, number>;
  #next: number;

  constructor(trees: InternerTrees, next: number, cacheEntries: number) {
    this.#trees = trees;
    this.#next = next;
    this.#cache = new LRUCache({ max: cacheEntries });
  }

  /** The id that the next new text gets. */
  get next(): number {
    return this.#next;
  }

  /** The id of a text that is known, or null. */
  find(text: string): number | null {
    const cached = this.#cache.get(text);
    if (cached !== undefined) return cached;
    const value = this.#trees.ids.getBinaryFast(textKey(text));
    if (value === undefined) return null;
    const id = idOfValue(value);
    this.#cache.set(text, id);
    return id;
  }

  /** The id of a text, a new one when it is not known. */
  intern(text: string): number {
    const known = this.find(text);
    if (known !== null) return known;
    const id = this.#next;
    if (id >= ID_LIMIT) throw new RangeError('the store is out of ids');
    this.#next = id + 1;
    const { ids, names, name = utf8 } = this.#trees;
    void ids.put(textKey(text), idKey(id));
    if (names !== undefined) void names.put(idKey(id), name(text));
    this.#cache.set(text, id);
    return id;
  }

  /** Gives a text's id up: what is kept under the id stays, the text gets a new one. */
  release(text: string): void {
    void this.#trees.ids.remove(textKey(text));
    this.#cache.delete(text);
  }

  /** Forgets what a transaction that failed gave out. */
  reset(next: number): void {
    this.#next = next;
    this.#cache.clear();
  }
}

function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

/** The id in a value of `ids`. */
export function idOfValue(value: Buffer): number {
  return value.readUIntBE(0, ID_BYTES);
}
