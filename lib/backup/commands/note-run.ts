import { withoutCredentials } from '../../cli/index.js';
import {
  readBackupState,
  runBegun,
  writeBackupState,
  type BackupRun,
  type BackupState,
} from '../run-record.js';
import type { BackupScene } from './backup-scene.js';

/**
 * Does what comes before a backup; that it failed is written down like a failed
 * backup, since there will be none.
 */
export async function notingFailure<T>(
  scene: BackupScene,
  work: () => Promise<T>
): Promise<T> {
  const begun = runBegun(new Date());
  try {
    return await work();
  } catch (error) {
    await noteRun(scene, begun, failureOf(error)).catch(() => undefined);
    throw error;
  }
}

/** Tells how a run stands. */
export type NoteRun = (
  change: Partial<BackupRun>,
  newestGood?: BackupState['newestGood']
) => Promise<void>;

/** Writes down how a run stands; what is known besides stays. */
export async function noteRun(
  { folder, backups }: BackupScene,
  begun: BackupRun,
  ...[change, newestGood]: Parameters<NoteRun>
): Promise<void> {
  const before = await readBackupState(folder.backup);
  await writeBackupState(folder.backup, {
    folder: backups,
    lastRun: { ...begun, endedAt: new Date().toISOString(), ...change },
    newestGood: newestGood ?? before?.newestGood ?? null,
    everyHours: before?.everyHours ?? null,
  });
}

/** A run that an error has ended. Pure. */
export function failureOf(
  error: unknown
): Pick<BackupRun, 'outcome' | 'problem'> {
  const problem = error instanceof Error ? error.message : String(error);
  return { outcome: 'failed', problem: withoutCredentials(problem) };
}
