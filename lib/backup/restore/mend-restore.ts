import { rm } from 'node:fs/promises';
import type { Runtime } from '../../runtime/index.js';
import { readRestoreRecord, writeRestoreRecord } from './restore-record.js';

/**
 * Starts the index that a killed restore had stopped, on whichever data is in
 * place: the old, whole, or the new, whole. For the holder of the lock of the
 * state folder, so no restore is under way.
 *
 * @param file `restore.json`
 * @returns what was done, for people; null: there was nothing to do
 * @throws RuntimeError where it does not start; the signal's reason
 */
export async function mendRestore(
  file: string,
  runtime: Runtime,
  signal: AbortSignal
): Promise<string | null> {
  const record = await readRestoreRecord(file);
  if (record === null || record.phase === 'done') return null;
  const { state, config } = await runtime.status();
  const isDown = state === 'stopped' || state === 'failed';
  const starts = record.wasRunning && isDown && config !== null;
  if (starts) await runtime.start(config, { signal });
  if (record.phase === 'starting') {
    await writeRestoreRecord(file, { ...record, phase: 'done' });
  } else {
    await rm(file, { force: true });
  }
  if (!starts) return null;
  return record.phase === 'starting'
    ? `the restore of ${record.backupId} was killed after the swap; the index was started on the restored data`
    : `the restore of ${record.backupId} was killed; the index, which it had stopped, was started again`;
}
