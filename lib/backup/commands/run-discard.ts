import path from 'node:path';
import {
  EXIT,
  formatBytes,
  type CommandContext,
  type ExitCode,
} from '../../cli/index.js';
import { BackupError } from '../backup-error.js';
import { discardKeptData, findKeptData } from '../restore/kept-data.js';
import type { BackupScene } from './backup-scene.js';
import type { RestoreFlags } from './restore-command.js';

/** `restore --discard-old`: removes what restores have put aside. */
export async function runDiscard(
  { flags, output, prompts, signal }: CommandContext<RestoreFlags>,
  { runtime }: BackupScene
): Promise<ExitCode> {
  const dataPath = path.resolve(flags.data ?? (await runtime.data()).name);
  const kept = await findKeptData(dataPath);
  if (kept.length === 0) {
    throw new BackupError(`no restore has put anything aside of ${dataPath}`, {
      code: 'NOTHING_FOUND',
    });
  }
  output.note('This will be removed and cannot be taken back:');
  for (const { path: folder, sizeBytes } of kept) {
    output.note(`  ${folder} (${formatBytes(sizeBytes)})`);
  }
  const removed: string[] = [];
  if (!flags.dryRun) {
    const name = path.basename(dataPath);
    const message = `Remove the data from before the restore of ${dataPath}?`;
    await prompts.confirmByName('confirm', { message, name });
    for (const one of kept) {
      signal.throwIfAborted();
      if (await discardKeptData(one)) removed.push(one.path);
      else output.warn(`${one.path} stays: it holds files that are not ours`);
    }
  }
  output.document({
    schemaVersion: 1,
    ok: true,
    dryRun: flags.dryRun,
    kept,
    removed,
  });
  const freedBytes = kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const verb = flags.dryRun ? 'would be freed' : 'freed';
  output.result(`${formatBytes(freedBytes)} ${verb}.`);
  return EXIT.good;
}
