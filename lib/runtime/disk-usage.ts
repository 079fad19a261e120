import { lstat, readdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../errors/system-code.js';

/**
 * Size of all files in a folder (bytes). Symbolic links are not followed; what
 * vanishes while it is looked at counts nothing.
 *
 * @returns null when there is no such folder
 */
export async function folderSize(folder: string): Promise<number | null> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR')
      return null;
    throw error;
  }
  let sizeBytes = 0;
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      sizeBytes += (await folderSize(file)) ?? 0;
    } else {
      sizeBytes += await lstat(file).then(
        ({ size }) => size,
        () => 0
      );
    }
  }
  return sizeBytes;
}

/** Space of a disk, as `df` counts it: without what is kept for root. */
export interface DiskSpace {
  readonly freeBytes: number;
  /** What is used and what is free. */
  readonly totalBytes: number;
}

/**
 * Space left for this user on the disk that holds (or would hold) a path.
 *
 * @returns null where the system does not say
 */
export async function freeSpace(file: string): Promise<number | null> {
  return (await diskSpace(file))?.freeBytes ?? null;
}

/**
 * Space of the disk that holds (or would hold) a path.
 *
 * @returns null where the system does not say
 */
export async function diskSpace(file: string): Promise<DiskSpace | null> {
  for (let place = path.resolve(file); ; place = path.dirname(place)) {
    try {
      const { bavail, bfree, blocks, bsize } = await statfs(place);
      return {
        freeBytes: bavail * bsize,
        totalBytes: (blocks - bfree + bavail) * bsize,
      };
    } catch (error) {
      const missing =
        systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR';
      if (!missing || place === path.dirname(place)) return null;
    }
  }
}

/** Whether an error, or what caused it, says that a disk is full. */
export function isDiskFull(error: unknown): boolean {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    if (['ENOSPC', 'EDQUOT'].includes(systemCode(at) ?? '')) return true;
    at = at.cause;
  }
  return false;
}
