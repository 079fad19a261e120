/** Data that restores have put aside, beside the data folder. */

import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import {
  MARKER_FILE,
  STORE_FILE,
} from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { folderSize } from '../../runtime/index.js';
import { compactTime } from '../backup-name.js';
import { systemCode } from '../../errors/system-code.js';

/** Data from before a restore. */
export interface KeptData {
  readonly path: string;
  readonly sizeBytes: number;
}

const KEPT = /^\.before-restore-\d{8}T\d{6}Z$/;
const FRESH = /^\.restoring-[0-9a-f]{6}$/;
const OURS = [STORE_FILE, `${STORE_FILE}-lock`, MARKER_FILE];

/** Where the data of now is kept once it was replaced. */
export function keptPathFor(dataPath: string, now: Date): string {
  return `${dataPath}.before-restore-${compactTime(now)}`;
}

/** Where a backup is unpacked before it takes the place of the data. */
export function freshPathFor(dataPath: string, backupId: string): string {
  return `${dataPath}.restoring-${backupId.slice(-6)}`;
}

/** What restores have left beside a data folder, oldest first. */
export async function findKeptData(
  dataPath: string
): Promise<readonly KeptData[]> {
  const paths = await beside(dataPath, KEPT);
  return await Promise.all(
    paths.map(async (kept) => ({
      path: kept,
      sizeBytes: (await folderSize(kept)) ?? 0,
    }))
  );
}

/**
 * Removes what a restore has put aside: our files, and the folder once it is
 * empty.
 *
 * @returns whether the folder is gone
 */
export async function discardKeptData(kept: KeptData): Promise<boolean> {
  for (const name of OURS) {
    await rm(path.join(kept.path, name), { force: true });
  }
  try {
    await rmdir(kept.path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOTEMPTY') return false;
    throw error;
  }
}

/** Removes what killed restores have unpacked. For the holder of the lock. */
export async function sweepFresh(dataPath: string): Promise<void> {
  for (const left of await beside(dataPath, FRESH)) {
    await rm(left, { recursive: true, force: true });
  }
}

async function beside(
  dataPath: string,
  suffix: RegExp
): Promise<readonly string[]> {
  const [folder, base] = [path.dirname(dataPath), path.basename(dataPath)];
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter(
      (name) => name.startsWith(base) && suffix.test(name.slice(base.length))
    )
    .toSorted()
    .map((name) => path.join(folder, name));
}
