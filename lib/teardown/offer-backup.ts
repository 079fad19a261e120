import path from 'node:path';
import { snapshotterOf } from '../backup/commands/runtime-parts.js';
import { EmbeddedSnapshotter } from '../backup/embedded/embedded-snapshotter.js';
import {
  makeFirstBackup,
  sceneOfOffer,
  wantsBackup,
} from '../backup/offer-backup.js';
import type { Snapshotter } from '../backup/snapshotter.js';
import type { CommandContext } from '../cli/index.js';
import type { StateFolder } from '../runtime/state-folder.js';
import type { TEARDOWN_COMMAND } from './teardown-command.js';
import type { TeardownPlan } from './teardown-plan.js';

type Context = CommandContext<(typeof TEARDOWN_COMMAND)['flags']>;

/**
 * Offers a backup of the data that is about to go; invented data needs none.
 * Where nobody can be asked, `--backup` makes one.
 *
 * @throws as makeFirstBackup does: nothing is to be removed then
 */
export async function offerBackup(
  { flags, prompts, output, signal }: Context,
  { remove, engine }: TeardownPlan,
  folder: StateFolder
): Promise<void> {
  const data = remove.filter(
    ({ level, sample }) => level === 'data' && sample === false
  );
  const isVolume = engine.some(({ kind }) => kind === 'volume');
  if (data.length === 0 && !isVolume) return;
  const isWanted = await wantsBackup({
    folder,
    given: flags.backup,
    canAsk: prompts.canAsk,
    ask: (message) => prompts.ask('backup', { message, initial: true }),
    output,
    before: 'the data goes',
  });
  if (!isWanted) return;
  const scene = await sceneOfOffer(folder, flags.backups);
  const snapshotters: readonly Snapshotter[] = [
    ...data.map((one) => new EmbeddedSnapshotter(path.resolve(one.path))),
    ...(isVolume ? [await snapshotterOf(scene, undefined)] : []),
  ];
  for (const snapshotter of snapshotters) {
    await makeFirstBackup({
      scene,
      snapshotter,
      output,
      signal,
      otherwise: 'nothing was removed',
    });
  }
}
