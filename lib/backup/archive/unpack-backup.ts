import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../env/atomic-write.js';
import type { ReadBackup } from '../backup-folder.js';
import { unpackedSize } from '../manifest/manifest.js';
import { byteCounter, type OnProgress } from '../progress.js';
import { unpackFile } from './stored-file.js';

/**
 * Unpacks the data of a backup into a new folder, comparing every sum.
 *
 * @throws BackupError DAMAGED, NOT_SUPPORTED; what node:fs throws; the signal's
 *   reason. What was unpacked so far is the caller's to remove
 */
export async function unpackBackup(
  { path: folder, manifest }: ReadBackup,
  target: string,
  signal: AbortSignal,
  onProgress: OnProgress
): Promise<void> {
  await mkdir(target, { mode: 0o750 });
  const onBytes = byteCounter('unpacking', unpackedSize(manifest), onProgress);
  for (const file of manifest.files) {
    const to = createWriteStream(path.join(target, file.name), {
      flags: 'wx',
      mode: 0o640,
      flush: true,
    });
    await unpackFile(folder, file, to, { signal, onBytes });
  }
  await syncFolder(target);
}
