import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { checkStored, type StoredSum } from '../archive/stored-file.js';
import { BackupError } from '../backup-error.js';
import type { ReadBackup } from '../backup-folder.js';
import {
  MANIFEST_FILE,
  storedSize,
  SUMS_FILE,
  sumsText,
} from '../manifest/manifest.js';
import { byteCounter, type OnProgress } from '../progress.js';
import { systemCode } from '../../errors/system-code.js';

/**
 * Compares the files of a backup, the manifest included, with their SHA-256.
 *
 * @param which `not-unpacked` leaves out what unpacking compares anyway
 * @throws BackupError DAMAGED naming the file; the signal's reason
 */
export async function checkSums(
  { path: folder, manifest }: ReadBackup,
  which: 'all' | 'not-unpacked',
  signal: AbortSignal,
  onProgress: OnProgress
): Promise<void> {
  const text = await readFile(path.join(folder, MANIFEST_FILE));
  const sum = createHash('sha256').update(text).digest('hex');
  if ((await readSums(folder)) !== sumsText(manifest, sum)) {
    throw new BackupError(
      `${MANIFEST_FILE} and ${SUMS_FILE} do not belong together`,
      {
        code: 'DAMAGED',
        suggestion: 'take another backup: npx zx scripts/backup.ts list',
      }
    );
  }
  const { files, envFile } = manifest;
  const stored: StoredSum[] = which === 'all' ? [...files] : [];
  if (envFile !== null) {
    const { sizeBytes, sha256 } = envFile;
    stored.push({
      stored: envFile.stored,
      storedBytes: sizeBytes,
      storedSha256: sha256,
    });
  }
  const onBytes = byteCounter('reading', storedSize(manifest), onProgress);
  for (const file of stored) {
    await checkStored(folder, file, { signal, onBytes });
  }
}

async function readSums(folder: string): Promise<string> {
  try {
    return await readFile(path.join(folder, SUMS_FILE), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}
