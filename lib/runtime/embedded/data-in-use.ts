import path from 'node:path';
import { LOCK_FILE } from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { readLock } from '../lock-file.js';
import type { LockContent } from '../lock-content.js';
import { LockedError } from '../locked-error.js';
import { presenceOf } from '../process-identity.js';

/**
 * Who has a data folder open right now, as far as can be seen from here.
 *
 * @returns null when nobody has
 */
export async function dataHolder(
  dataPath: string
): Promise<LockContent | null> {
  const found = await readLock(path.join(dataPath, LOCK_FILE)).catch(
    () => null // a file instead of a folder: said by whoever opens it
  );
  if (found === null) return null;
  return presenceOf(found.content) === 'alive' ? found.content : null;
}

/**
 * @throws LockedError LOCKED when another index has the data folder open
 */
export async function assertDataFree(dataPath: string): Promise<void> {
  const holder = await dataHolder(dataPath);
  if (holder !== null) {
    throw new LockedError(path.join(dataPath, LOCK_FILE), holder);
  }
}
