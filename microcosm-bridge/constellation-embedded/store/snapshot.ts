import type { RangeOptions, RootDatabase, Transaction } from 'lmdb';
import type { Tree } from './open-store.js';

/** What lmdb takes although its types do not say so. */
interface ReadableTree {
  getBinaryFast(
    key: Buffer,
    options: { readonly transaction: Transaction }
  ): Buffer | undefined;
}

/** Where a range begins and ends, and which way it goes. */
export type Range = Omit<RangeOptions, 'transaction'>;

/**
 * The store as it was at one moment, for as long as wanted. LMDB's own way
 * makes a read transaction and a timer for every turn of the event loop, which
 * took twice the time of the reading itself.
 *
 * While a snapshot is held, pages that are freed after it cannot be used again:
 * renew it whenever something was committed.
 */
export class Snapshot {
  readonly #root: RootDatabase;
  #at: { readonly transaction: Transaction } | null = null;

  constructor(root: RootDatabase) {
    this.#root = root;
  }

  /** Goes on to the newest committed batch. */
  renew(): void {
    this.release();
    // Not the one that an earlier reading of this turn may have left.
    this.#root.resetReadTxn();
  }

  /** Lets go of the moment; the next reading takes the newest one. */
  release(): void {
    this.#at?.transaction.done();
    this.#at = null;
  }

  /** A value, in a buffer that the next reading writes over; undefined where there is none. */
  get(tree: Tree, key: Buffer): Buffer | undefined {
    const readable: ReadableTree = tree;
    return readable.getBinaryFast(key, this.#moment());
  }

  /** Entries in order. */
  entries(tree: Tree, range: Range): Iterable<{ key: Buffer; value: Buffer }> {
    return tree.getRange({ ...range, ...this.#moment() });
  }

  /** Keys in order. */
  keys(tree: Tree, range: Range): Iterable<Buffer> {
    return tree.getKeys({ ...range, ...this.#moment() });
  }

  #moment(): { readonly transaction: Transaction } {
    this.#at ??= { transaction: this.#root.useReadTransaction() };
    return this.#at;
  }
}
