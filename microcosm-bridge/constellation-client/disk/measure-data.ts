import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../../../lib/errors/system-code.js';
import {
  diskSpace,
  folderSize,
  type DiskSpace,
} from '../../../lib/runtime/disk-usage.js';
import {
  GENERATION_FILE,
  isGeneration,
} from '../../../lib/runtime/generation-name.js';
import type { GrowthReading } from '../../../lib/setup/disk/growth.js';

/** A store has some thousands of files; no look is to take minutes. */
const MOST_FILES = 100_000;

/** What one look at the data saw. */
export interface DataLook {
  /** Null: not known. */
  readonly space: DiskSpace | null;
  /** The folder that is served and its size; null: it cannot be read. */
  readonly size: Omit<GrowthReading, 'at'> | null;
  /** For people: what could not be seen, and why; null: all was. */
  readonly problem: string | null;
}

/**
 * Measures the data of an index: of several in one volume the one that is
 * served. Never fails; it says what could not be read.
 */
export async function measureData(dataPath: string): Promise<DataLook> {
  let space: DiskSpace | null = null;
  try {
    const served = await servedFolder(dataPath);
    const sizeBytes = await folderSize(served, {
      mostEntries: MOST_FILES,
      // Dotted ones are the toolkit's: notes, and links made for a backup.
      ...(served === dataPath ? { leaveOut: isNotServed } : {}),
    });
    if (sizeBytes === null) throw new Error('there is no such folder');
    space = await diskSpace(dataPath);
    return { space, size: { dataPath: served, sizeBytes }, problem: null };
  } catch (error) {
    // Whose size may not be read can be on a disk that may.
    if (systemCode(error) === 'EACCES') space = await diskSpace(dataPath);
    const why = error instanceof Error ? error.message : String(error);
    const problem = `the size of ${dataPath} cannot be measured: ${why}`;
    return { space, size: null, problem };
  }
}

function isNotServed(name: string): boolean {
  return name.startsWith('.') || name === 'lost+found' || isGeneration(name);
}

async function servedFolder(dataPath: string): Promise<string> {
  const file = path.join(dataPath, GENERATION_FILE);
  const name = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw error;
  });
  return isGeneration(name.trim())
    ? path.join(dataPath, name.trim())
    : dataPath;
}
