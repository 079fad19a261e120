/** Writer's side of the accounts: ids, and whether an account is active. */

import { Interner } from './interner.js';
import { ID_LIMIT, idKey } from './keys.js';
import type { Store } from './open-store.js';
import { textFrom } from './values.js';

const ACTIVE = 1;
const INACTIVE = 0;
/** An id whose account was deleted: what became of the DID is under its new id. */
const RELEASED = 2;

/** How many records of an account are read at a time. */
const RECORDS_PAGE = 1000;

/** A record of an account, packed. */
export interface PackedRecord {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Gives DIDs their ids and keeps whether their accounts are active. */
export class AccountLedger {
  readonly #store: Store;
  readonly #ids: Interner;

  constructor(store: Store, nextDid: number, cacheEntries: number) {
    this.#store = store;
    this.#ids = new Interner(
      {
        ids: store.dids,
        names: store.didNames,
        name: (did) => packDid(did, ACTIVE),
      },
      nextDid,
      cacheEntries
    );
  }

  /** The id that the next new DID gets. */
  get nextDid(): number {
    return this.#ids.next;
  }

  /** The id of a DID that is known, or null. */
  find(did: string): number | null {
    return this.#ids.find(did);
  }

  /** The id of a DID, a new one when it is not known. */
  intern(did: string): number {
    return this.#ids.intern(did);
  }

  /** Shows the account's links in lists again. */
  activate(did: string): void {
    this.#mark(did, ACTIVE);
  }

  /** Hides the account's links from lists; they go on counting. */
  deactivate(did: string): void {
    this.#mark(did, INACTIVE);
  }

  /**
   * Ends an id with its account. Should the DID come back, it gets another
   * one: so the real server has it, where links that the deletion left are
   * listed only while the DID has an account again, and are not its links.
   */
  release(did: string): void {
    this.#mark(did, RELEASED);
    this.#ids.release(did);
  }

  /**
   * Every record of an account, which may have millions: a page at a time.
   * Those that were given out may be removed meanwhile.
   */
  *records(didId: number): Generator<PackedRecord> {
    let start = idKey(didId);
    for (;;) {
      const page = [
        ...this.#store.records.getRange({
          start,
          end: idKey(didId + 1),
          limit: RECORDS_PAGE,
        }),
      ];
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < RECORDS_PAGE) return;
      start = Buffer.concat([last.key, Buffer.of(0)]);
    }
  }

  /** Forgets what a transaction that failed gave out. */
  reset(nextDid: number): void {
    this.#ids.reset(nextDid);
  }

  #mark(did: string, state: number): void {
    const id = this.#ids.find(did);
    if (id === null || id >= ID_LIMIT - 1) return;
    void this.#store.didNames.put(idKey(id), packDid(did, state));
  }
}

function packDid(did: string, state: number): Buffer {
  const value = Buffer.allocUnsafe(1 + Buffer.byteLength(did));
  value[0] = state;
  value.write(did, 1, 'utf8');
  return value;
}

/** What is known of an account. */
export interface Account {
  readonly did: string;
  readonly active: boolean;
}

/** Reader's side of an entry of `didNames`; `released` when the id is no account's any more. */
export function unpackDid(value: Buffer): Account & { released: boolean } {
  return {
    did: textFrom(value, 1),
    active: value[0] === ACTIVE,
    released: value[0] === RELEASED,
  };
}
