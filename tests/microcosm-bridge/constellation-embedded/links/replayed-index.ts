import type {
  AccountEvent,
  CommitEvent,
  JetstreamEvent,
} from '../../../../microcosm-bridge/constellation-embedded/event.js';
import { recordLinks } from '../../../../microcosm-bridge/constellation-embedded/links/record-links.js';

/** A record that links, and whether it still does. */
export interface Linker {
  readonly did: string;
  readonly collection: string;
  readonly rkey: string;
  live: boolean;
}

interface OwnLink {
  readonly linker: Linker;
  /** Target, collection and path as one key. */
  readonly list: string;
}

/** Lists by target, then collection, then path, oldest link first. */
type Lists = Map<string, Map<string, Map<string, Linker[]>>>;

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/**
 * The smallest thing that answers as the real server does after a list of
 * events: the golden answers are compared with it, so that they judge the
 * link rules and the event parser and nothing else.
 */
export class ReplayedIndex {
  readonly #lists: Lists = new Map();
  readonly #records = new Map<string, OwnLink[]>();

  apply(event: JetstreamEvent): void {
    if (event.kind === 'commit') this.#commit(event);
    if (event.kind === 'account') this.#account(event);
  }

  /** Every collection and path that ever linked to the target. */
  linkers(target: string): ReadonlyMap<string, ReadonlyMap<string, Linker[]>> {
    return this.#lists.get(target) ?? new Map<string, Map<string, Linker[]>>();
  }

  #commit({ did, collection, rkey, operation, record }: CommitEvent): void {
    const key = `${did} ${collection} ${rkey}`;
    for (const { linker } of this.#records.get(key) ?? []) linker.live = false;
    this.#records.delete(key);
    if (operation === 'delete') return;
    const own = recordLinks(record).map(({ path, target }): OwnLink => {
      const linker: Linker = { did, collection, rkey, live: true };
      const byPath = entry(
        entry(
          this.#lists,
          target,
          () => new Map<string, Map<string, Linker[]>>()
        ),
        collection,
        () => new Map<string, Linker[]>()
      );
      entry(byPath, path, () => []).push(linker);
      return { linker, list: JSON.stringify([target, collection, path]) };
    });
    this.#records.set(key, own);
  }

  /**
   * Deletion takes, as the real server does it, only the last link of the
   * account out of each list: it reads every list as it was before and the
   * last write wins. The account's records are forgotten all the same.
   */
  #account({ did, active, status }: AccountEvent): void {
    if (active || status !== 'deleted') return;
    const lastOfList = new Map<string, Linker>();
    const keys = [...this.#records.keys()].filter((key) =>
      key.startsWith(`${did} `)
    );
    for (const key of keys.sort()) {
      for (const { list, linker } of this.#records.get(key) ?? []) {
        lastOfList.set(list, linker);
      }
      this.#records.delete(key);
    }
    for (const linker of lastOfList.values()) linker.live = false;
  }
}
