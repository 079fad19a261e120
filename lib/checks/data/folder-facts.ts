import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  readMarker,
  STORE_FILE,
} from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { diskSpace } from '../../runtime/disk-usage.js';
import { reasonOf } from '../check-error.js';
import { isOpenIn } from './open-file.js';

/** A data folder as it was found. */
export interface FolderFacts {
  readonly path: string;
  readonly kind: 'folder' | 'missing' | 'no-folder';
  /** Where links lead. */
  readonly realPath: string;
  /** What its marker says; a text: why it cannot be read. */
  readonly marker: { readonly sample: boolean } | string | null;
  /** The store's file; null: missing. */
  readonly store: StoreFile | null;
  /** Whether the index has this very file open. */
  readonly openFile: 'same' | 'other' | 'unknown';
  /** Free for this user (bytes). */
  readonly freeBytes: number;
  /** What is used and what is free on that disk (bytes). */
  readonly diskBytes: number;
}

/** The state of the file that everything is in. */
export interface StoreFile {
  readonly sizeBytes: number;
  readonly changedMs: number;
}

/**
 * Looks at a data folder; changes nothing.
 *
 * @param pid of the index; null where it is not known
 */
export async function lookAtFolder(
  folder: string,
  pid: number | null
): Promise<FolderFacts> {
  const stats = await stat(folder).catch(() => null);
  const missing: FolderFacts = {
    path: folder,
    kind: stats === null ? 'missing' : 'no-folder',
    realPath: folder,
    marker: null,
    store: null,
    openFile: 'unknown',
    freeBytes: 0,
    diskBytes: 0,
  };
  if (stats?.isDirectory() !== true) return missing;
  const file = path.join(folder, STORE_FILE);
  const disk = await diskSpace(folder);
  return {
    ...missing,
    kind: 'folder',
    realPath: await realpath(folder),
    marker: markerOf(folder),
    store: await lookAtStore(folder),
    openFile: pid === null ? 'unknown' : await isOpenIn(pid, file),
    freeBytes: disk?.freeBytes ?? 0,
    diskBytes: disk?.totalBytes ?? 0,
  };
}

/** The store's file as it is now. @returns null where there is none */
export async function lookAtStore(folder: string): Promise<StoreFile | null> {
  const stats = await stat(path.join(folder, STORE_FILE)).catch(() => null);
  return stats === null
    ? null
    : { sizeBytes: stats.size, changedMs: stats.mtimeMs };
}

function markerOf(folder: string): FolderFacts['marker'] {
  try {
    return readMarker(folder);
  } catch (error) {
    return reasonOf(error);
  }
}
