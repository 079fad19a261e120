import { BackupError } from '../../backup/backup-error.js';
import { snapshotterOf } from '../../backup/commands/runtime-parts.js';
import {
  makeFirstBackup,
  sceneOfOffer,
  wantsBackup,
} from '../../backup/offer-backup.js';
import type { UpgradeRun } from './upgrade-run.js';

/** Whether a backup is to be made before another version runs. */
export async function askForBackup({
  context: { flags, prompts, output },
  folder,
}: UpgradeRun): Promise<boolean> {
  return await wantsBackup({
    folder,
    given: flags.backup,
    canAsk: prompts.canAsk,
    ask: (message) => prompts.ask('backup', { message, initial: true }),
    output,
    before: 'the switch',
  });
}

/**
 * Makes it. Where this runtime's data cannot be backed up, whoever can be asked
 * may go on without one.
 *
 * @throws as makeFirstBackup does: nothing was switched then
 */
export async function backUpFirst({
  context: { flags, prompts, output, signal },
  folder,
}: UpgradeRun): Promise<void> {
  const scene = await sceneOfOffer(folder, flags.backups);
  const otherwise = 'nothing was switched';
  try {
    const snapshotter = await snapshotterOf(scene, undefined);
    await makeFirstBackup({ scene, snapshotter, output, signal, otherwise });
  } catch (error) {
    const isRefused =
      error instanceof BackupError && error.code === 'NOT_SUPPORTED';
    if (!isRefused || !prompts.canAsk) throw error;
    output.warn(`no backup: ${error.message}`);
    if (!(await prompts.confirm('Go on without one?'))) throw error;
  }
}
