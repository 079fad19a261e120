/**
 * The LMDB environment: its trees and how they are opened. LMDB because it is
 * an ordered store with atomic batches that a kill -9 cannot tear, readers that
 * never wait for the writer (in other threads and processes too), a hot copy,
 * and prebuilt binaries for Node 20 to 24 on x64 and arm64, Linux and macOS.
 */

import { join } from 'node:path';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { StoreError } from './errors.js';
import { STORE_FILE, unusable } from './data-folder.js';
import { STATE_KEY, emptyState } from './state.js';
import type { GrowthSample, IndexState } from './state.js';

/** A tree with packed keys and values, see keys.ts and values.ts. */
export type Tree = Database<Buffer, Buffer>;

/** The open store. Each thread opens its own; they share the environment. */
export interface Store {
  readonly root: RootDatabase;
  /** `state` → {@link IndexState}. */
  readonly meta: Database<IndexState, string>;
  /** `growth` → sizes of the store in the last days, see writer/growth.ts. */
  readonly growth: Database<readonly GrowthSample[], string>;
  /** Hash of a DID → its id. */
  readonly dids: Tree;
  /** Id → is the account active (1 byte), the DID. */
  readonly didNames: Tree;
  /** Hash of a collection → its id. */
  readonly collections: Tree;
  /** Hash of (collection, path) → its id. */
  readonly sources: Tree;
  /** Id → collection, NUL, path. */
  readonly sourceNames: Tree;
  /** Hash of a target → its slots with their counts. */
  readonly subjects: Tree;
  /** Slot id → source id, target. */
  readonly slots: Tree;
  /** (slot, order) → linker, see BY_SEQ, BY_DID, BY_DID_AND_SEQ. */
  readonly links: Tree;
  /** (DID, collection, rkey) → revision, links. */
  readonly records: Tree;
}

/**
 * Virtual address space set aside for the map, in bytes. Only what is written
 * takes disk or memory; a map that never has to grow never has to be remapped
 * under a reader.
 */
const MAP_BYTES = 2 ** 40;

/** How to open the store. */
export interface OpenStoreOptions {
  /** A reader never writes: not even a missing tree is made. */
  readonly readOnly?: boolean;
}

/**
 * Opens the store of a data folder.
 *
 * @param folder - a folder that `openDataFolder` accepted
 * @throws StoreError DATA_DAMAGED, DATA_UNWRITABLE, DATA_DISK_FULL
 */
export function openStore(
  folder: string,
  { readOnly = false }: OpenStoreOptions = {}
): Store {
  let root: RootDatabase;
  try {
    root = open({
      path: join(folder, STORE_FILE),
      mapSize: MAP_BYTES,
      maxDbs: 16,
      maxReaders: 512,
      readOnly,
      overlappingSync: false,
      pageSize: 4096,
    });
    const tree = (name: string): Tree =>
      root.openDB<Buffer, Buffer>({
        name,
        keyEncoding: 'binary',
        encoding: 'binary',
      });
    return {
      root,
      meta: root.openDB<IndexState, string>({ name: 'meta', encoding: 'json' }),
      growth: root.openDB<readonly GrowthSample[], string>({
        name: 'meta',
        encoding: 'json',
      }),
      dids: tree('dids'),
      didNames: tree('did-names'),
      collections: tree('collections'),
      sources: tree('sources'),
      sourceNames: tree('source-names'),
      subjects: tree('subjects'),
      slots: tree('slots'),
      links: tree('links'),
      records: tree('records'),
    };
  } catch (error) {
    throw openFailure(folder, error);
  }
}

/** The state that the last committed batch left. */
export function readState(store: Store, startedAtUs: number): IndexState {
  return store.meta.get(STATE_KEY) ?? emptyState(startedAtUs);
}

function openFailure(folder: string, error: unknown): StoreError {
  const message = error instanceof Error ? error.message : String(error);
  if (/MDB_(INVALID|CORRUPTED|VERSION_MISMATCH|PANIC)/.test(message)) {
    return new StoreError(
      'DATA_DAMAGED',
      folder,
      `the store in ${folder} is damaged (${message})`,
      'Restore the folder from a backup, or use another --data folder.',
      error
    );
  }
  return unusable(folder, error);
}
