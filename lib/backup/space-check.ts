import { formatBytes } from '../cli/index.js';
import { freeSpace } from '../runtime/index.js';
import { BackupError } from './backup-error.js';
import { systemCode } from '../errors/system-code.js';

/** Left free beside what is asked for (bytes). */
const RESERVE_BYTES = 16 * 1024 * 1024;

/** Room that an index needs on its disk to go on as it does. */
export interface DiskFloor {
  /** 0: any. */
  readonly bytes: number;
  /** Such as `below which the index pauses`. */
  readonly meaning: string;
}

/** `, beside 1 GiB below which …`; nothing where the reserve is as much. Pure. */
export function besideText({ bytes, meaning }: DiskFloor): string {
  return bytes > RESERVE_BYTES
    ? `, beside ${formatBytes(bytes)} ${meaning}`
    : '';
}

/** What stays free beside what is asked for (bytes). Pure. */
export function leftFree({ bytes }: DiskFloor): number {
  return Math.max(RESERVE_BYTES, bytes);
}

/** Nothing is known to need room. */
export const NO_FLOOR: DiskFloor = { bytes: 0, meaning: '' };

/**
 * @param purpose what needs the space: `the snapshot and the archive`
 * @param wayOut what to do where there is too little
 * @throws BackupError NO_SPACE
 */
export async function assertSpace(
  folder: string,
  neededBytes: number,
  purpose: string,
  wayOut: string,
  floor: DiskFloor = NO_FLOOR
): Promise<void> {
  const freeBytes = await freeSpace(folder);
  if (freeBytes === null) return;
  if (freeBytes >= neededBytes + leftFree(floor)) return;
  throw new BackupError(
    `${purpose} may need ${formatBytes(neededBytes)} in ${folder}${besideText(floor)}, where ${formatBytes(freeBytes)} are free`,
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
