import { formatBytes } from '../cli/index.js';
import { freeSpace } from '../runtime/index.js';
import { BackupError } from './backup-error.js';
import { systemCode } from '../errors/system-code.js';

/** Left free beside what is asked for (bytes). */
const RESERVE_BYTES = 16 * 1024 * 1024;

/**
 * @param purpose what needs the space: `the snapshot and the archive`
 * @param wayOut what to do where there is too little
 * @throws BackupError NO_SPACE
 */
export async function assertSpace(
  folder: string,
  neededBytes: number,
  purpose: string,
  wayOut: string
): Promise<void> {
  const freeBytes = await freeSpace(folder);
  if (freeBytes === null || freeBytes >= neededBytes + RESERVE_BYTES) return;
  throw new BackupError(
    `${purpose} may need ${formatBytes(neededBytes)} in ${folder}, where ${formatBytes(freeBytes)} are free`,
    { code: 'NO_SPACE', suggestion: wayOut }
  );
}

/** A full disk as an error with a way out; any other error as it is. */
export function explainFullDisk(
  error: unknown,
  folder: string,
  wayOut: string
): unknown {
  if (systemCode(error) !== 'ENOSPC' && systemCode(error) !== 'EDQUOT')
    return error;
  return new BackupError(`there is no space left in ${folder}`, {
    code: 'NO_SPACE',
    cause: error,
    suggestion: wayOut,
  });
}
