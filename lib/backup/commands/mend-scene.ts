import type { Output } from '../../cli/index.js';
import { acquireLock, LockedError } from '../../runtime/index.js';
import { mendHeld } from '../docker/let-go.js';
import { mendRestore } from '../restore/mend-restore.js';
import { readRestoreRecord } from '../restore/restore-record.js';
import type { BackupScene } from './backup-scene.js';

/**
 * Puts right what a killed backup or restore has left: a container that it held
 * up, an index that it had stopped. Says what was done. Another run that is at
 * work is left alone.
 *
 * @throws RuntimeError where the index does not start
 */
export async function mendScene(
  { folder, runtime }: BackupScene,
  output: Output,
  signal: AbortSignal
): Promise<void> {
  const held = await mendHeld(folder.held);
  if (held !== null) output.warn(held);
  // Without one there is no need for the lock, nor for the folder it is in.
  const record = await readRestoreRecord(folder.restore);
  if (record === null || record.phase === 'done') return;
  const lock = await acquireLock(folder.lock, {
    purpose: 'mending a restore',
    signal,
  }).catch((error: unknown) => {
    if (error instanceof LockedError) return null;
    throw error;
  });
  if (lock === null) return;
  try {
    const started = await mendRestore(folder.restore, runtime, signal);
    if (started !== null) output.warn(started);
  } finally {
    await lock.release();
  }
}
