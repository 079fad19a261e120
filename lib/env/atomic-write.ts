import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../errors/system-code.js';

/** Who owns a file, and its permission bits. */
export interface FileOwnership {
  readonly mode: number;
  /** Kept as they are for whoever runs this when absent. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/**
 * Replaces a file so that readers see the old bytes or the new ones, also
 * after a power cut: temporary file in the same folder, fsync, rename, fsync
 * of the folder.
 *
 * @param beforeRename last look before it counts; throwing leaves the old file
 * @throws what node:fs throws; the temporary file is removed
 */
export async function writeAtomically(
  file: string,
  text: string,
  ownership: FileOwnership,
  beforeRename: () => Promise<void> = () => Promise.resolve()
): Promise<void> {
  const folder = path.dirname(file);
  const name = `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`;
  const temporary = path.join(folder, name);
  try {
    await writeNew(temporary, text, ownership);
    await beforeRename();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/**
 * Writes a file that must not exist yet and syncs it.
 *
 * @throws what node:fs throws; `EEXIST` where it is there already
 */
export async function writeNew(
  file: string,
  text: string,
  { mode, uid, gid }: FileOwnership
): Promise<void> {
  // Nobody else reads it before it has its owner.
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text, 'utf8');
    if (uid !== undefined && gid !== undefined) {
      const now = await handle.stat();
      if (now.uid !== uid || now.gid !== gid) await handle.chown(uid, gid);
    }
    await handle.chmod(mode);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(file, { force: true });
    throw error;
  }
  await handle.close();
}

/** Makes a rename or a new name last. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems cannot sync a folder; they have no more to give.
    if (systemCode(error) !== 'EINVAL' && systemCode(error) !== 'ENOTSUP')
      throw error;
  } finally {
    await handle.close();
  }
}
