/**
 * Puts restored data in the place of the present one. The store is one file:
 * the old one gets a second name, then the new one takes its first in a single
 * rename. At every moment the folder holds a whole store, the old or the new.
 */

import {
  copyFile,
  link,
  lstat,
  mkdir,
  rename,
  rm,
  rmdir,
} from 'node:fs/promises';
import path from 'node:path';
import {
  LOCK_FILE,
  MARKER_FILE,
  STORE_FILE,
} from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { syncFolder } from '../../env/atomic-write.js';
import { acquireLock } from '../../runtime/index.js';
import { BackupError } from '../backup-error.js';
import type { DataSwap } from '../restore/restore-place.js';
import { systemCode } from '../../errors/system-code.js';

/** LMDB's table of readers belongs to the store it was made for. */
const READERS_FILE = `${STORE_FILE}-lock`;

/**
 * Swaps; nobody else may have the folder open meanwhile, which its lock sees
 * to.
 *
 * @param fresh folder with the restored files, on the same file system
 * @param dataPath the data folder; made where it is missing
 * @param keptPath folder that the old data is kept in
 * @throws LockedError; BackupError NOT_SUPPORTED, with everything as it was
 */
export async function swapData(
  fresh: string,
  dataPath: string,
  keptPath: string
): Promise<DataSwap> {
  return await whileLocked(dataPath, async () => {
    const hadData = await isThere(path.join(dataPath, STORE_FILE));
    if (hadData) await keep(dataPath, keptPath);
    // The marker first: without one, a store is nobody's.
    await move(MARKER_FILE, fresh, dataPath);
    await move(STORE_FILE, fresh, dataPath);
    await rm(path.join(dataPath, READERS_FILE), { force: true });
    await syncFolder(dataPath);
    await rm(fresh, { recursive: true, force: true });
    return {
      keptPath: hadData ? keptPath : null,
      undo: () =>
        whileLocked(dataPath, () => putBack(dataPath, keptPath, hadData)),
    };
  });
}

async function keep(dataPath: string, keptPath: string): Promise<void> {
  await mkdir(keptPath, { mode: 0o750 });
  try {
    const marker = path.join(dataPath, MARKER_FILE);
    await copyFile(marker, path.join(keptPath, MARKER_FILE));
    const store = path.join(dataPath, STORE_FILE);
    await link(store, path.join(keptPath, STORE_FILE));
  } catch (error) {
    await rm(keptPath, { recursive: true, force: true });
    throw new BackupError(
      `the old data cannot be kept in ${keptPath}: ${error instanceof Error ? error.message : String(error)}`,
      {
        code: 'NOT_SUPPORTED',
        cause: error,
        suggestion:
          'restore into a new folder with --data DIR, and run setup on that one',
      }
    );
  }
  await syncFolder(keptPath);
}

async function putBack(
  dataPath: string,
  keptPath: string,
  hadData: boolean
): Promise<void> {
  await rm(path.join(dataPath, READERS_FILE), { force: true });
  if (hadData) {
    await move(STORE_FILE, keptPath, dataPath);
    await move(MARKER_FILE, keptPath, dataPath);
    await rmdir(keptPath);
  } else {
    await rm(path.join(dataPath, STORE_FILE), { force: true });
    await rm(path.join(dataPath, MARKER_FILE), { force: true });
  }
  await syncFolder(dataPath);
}

async function move(name: string, from: string, to: string): Promise<void> {
  await rename(path.join(from, name), path.join(to, name));
}

async function whileLocked<T>(
  dataPath: string,
  work: () => Promise<T>
): Promise<T> {
  await mkdir(dataPath, { recursive: true, mode: 0o750 });
  const lock = await acquireLock(path.join(dataPath, LOCK_FILE), {
    purpose: 'a restore',
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function isThere(file: string): Promise<boolean> {
  return await lstat(file).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
  );
}
