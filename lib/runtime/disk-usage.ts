import { lstat, readdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../errors/system-code.js';

/** What of a folder is counted. */
export interface FolderSizeOptions {
  /** Names in the folder itself that are left out. Default: none. */
  readonly leaveOut?: (name: string) => boolean;
  /** More entries are an error. Default: as many as there are. */
  readonly mostEntries?: number;
}

/**
 * Size of all files in a folder (bytes), one with several names once. Symbolic
 * links are not followed; what vanishes while it is looked at counts nothing.
 *
 * @returns null when there is no such folder
 * @throws Error of the system; where there are more than `mostEntries`
 */
export async function folderSize(
  folder: string,
  { leaveOut, mostEntries = Number.POSITIVE_INFINITY }: FolderSizeOptions = {}
): Promise<number | null> {
  const walk = { entries: 0, mostEntries, linked: new Set<string>() };
  return sizeOf(folder, walk, leaveOut);
}

interface Walk {
  entries: number;
  readonly mostEntries: number;
  /** Files with several names that were counted. */
  readonly linked: Set<string>;
}

async function sizeOf(
  folder: string,
  walk: Walk,
  leaveOut: (name: string) => boolean = () => false
): Promise<number | null> {
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
    if (leaveOut(entry.name)) continue;
    walk.entries += 1;
    if (walk.entries > walk.mostEntries) {
      throw new Error(`it has more than ${walk.mostEntries} files`);
    }
    const file = path.join(folder, entry.name);
    sizeBytes += entry.isDirectory()
      ? ((await sizeOf(file, walk)) ?? 0)
      : await fileSize(file, walk);
  }
  return sizeBytes;
}

async function fileSize(file: string, { linked }: Walk): Promise<number> {
  const seen = await lstat(file).catch(() => null);
  if (seen === null) return 0;
  if (seen.nlink > 1) {
    const identity = `${seen.dev}:${seen.ino}`;
    if (linked.has(identity)) return 0;
    linked.add(identity);
  }
  return seen.size;
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
