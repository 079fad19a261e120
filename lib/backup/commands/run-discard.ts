import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  EXIT,
  formatBytes,
  type CommandContext,
  type ExitCode,
} from '../../cli/index.js';
import { acquireLock } from '../../runtime/index.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { forgetGrowth } from '../../setup/disk/growth-history.js';
import { BackupError } from '../backup-error.js';
import {
  discardKeptInVolume,
  findKeptInVolume,
} from '../docker/docker-kept.js';
import { discardKeptData, findKeptData } from '../restore/kept-data.js';
import type { BackupScene } from './backup-scene.js';
import type { RestoreFlags } from './restore-command.js';

/** `restore --discard-old`: removes what restores have put aside. */
export async function runDiscard(
  context: CommandContext<RestoreFlags>,
  scene: BackupScene
): Promise<ExitCode> {
  const { flags, signal } = context;
  if (flags.dryRun) return await discard(context, scene);
  const { folder } = scene;
  await mkdir(folder.path, { recursive: true });
  // A restore or a rebuild that is under way may still go back to it.
  const purpose = 'removing old data';
  const lock = await acquireLock(folder.lock, { purpose, signal });
  try {
    return await discard(context, scene);
  } finally {
    await lock.release();
  }
}

async function discard(
  { flags, output, prompts, signal }: CommandContext<RestoreFlags>,
  { runtime, folder }: BackupScene
): Promise<ExitCode> {
  const inVolume = runtime instanceof DockerRuntime ? runtime : null;
  const own = (await runtime.data()).name;
  const dataPath = inVolume === null ? path.resolve(flags.data ?? own) : own;
  const kept =
    inVolume === null
      ? await findKeptData(dataPath)
      : await findKeptInVolume(inVolume);
  if (kept.length === 0) {
    throw new BackupError(`no restore has put anything aside of ${dataPath}`, {
      code: 'NOTHING_FOUND',
    });
  }
  output.note('This will be removed and cannot be taken back:');
  for (const { path: place, sizeBytes } of kept) {
    output.note(`  ${place} (${formatBytes(sizeBytes)})`);
  }
  const removed: string[] = [];
  if (!flags.dryRun) {
    const name = path.basename(dataPath);
    const message = `Remove the data from before the restore of ${dataPath}?`;
    await prompts.confirmByName('confirm', { message, name });
    if (inVolume !== null)
      removed.push(...(await discardKeptInVolume(inVolume)));
    for (const one of inVolume === null ? kept : []) {
      signal.throwIfAborted();
      if (await discardKeptData(one)) removed.push(one.path);
      else output.warn(`${one.path} stays: it holds files that are not ours`);
    }
  }
  // How large all of it was says nothing of how fast the index grows.
  if (removed.length > 0) await forgetGrowth(folder.growth, dataPath);
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
