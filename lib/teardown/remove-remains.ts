import { rm, rmdir } from 'node:fs/promises';
import type { Remains } from './remains.js';
import { systemCode } from '../errors/system-code.js';

/**
 * Removes the files of one item, then its folders where nothing else is in
 * them. What is gone already is no failure.
 *
 * @returns folders that stay, because something of somebody else is in them
 */
export async function removeRemains(
  { files, folders }: Remains,
  signal: AbortSignal
): Promise<readonly string[]> {
  for (const file of files) {
    signal.throwIfAborted();
    await rm(file, { force: true });
  }
  const kept: string[] = [];
  for (const folder of folders) {
    if (!(await removeIfEmpty(folder))) kept.push(folder);
  }
  return kept;
}

/** @returns false when something is in it */
export async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    if (systemCode(error) === 'ENOTEMPTY' || systemCode(error) === 'EEXIST')
      return false;
    throw error;
  }
}
