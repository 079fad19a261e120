/** How much room the store has and takes. */

import { statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../../lib/errors/system-code.js';
import { STORE_FILE } from '../store/data-folder.js';

/** Free bytes below which indexing pauses: room for a batch and its copied pages. */
export const DEFAULT_MIN_FREE_BYTES = 128 * 1024 * 1024;

/**
 * Bytes that an unprivileged process may still write where the folder is.
 *
 * @throws the system's error where it is not there
 */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Bytes that the store takes on disk. */
export function storeBytes(folder: string): number {
  const stat = statSync(join(folder, STORE_FILE), { throwIfNoEntry: false });
  return stat === undefined ? 0 : stat.blocks * 512;
}

/** LMDB reports the number of a system error, not its name. */
const ENOSPC = 28;
const EDQUOT = 122;

/** Whether a write failed because there is no room (or no quota) left. */
export function isDiskFull(error: unknown): boolean {
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  if (!(error instanceof Error)) return false;
  if ('code' in error && (error.code === ENOSPC || error.code === EDQUOT)) {
    return true;
  }
  return /no space left|disk quota exceeded/i.test(error.message);
}
