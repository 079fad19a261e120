import type { CommandContext } from '../../cli/index.js';
import {
  openHelper,
  type DockerIndex,
} from '../../backup/docker/docker-index.js';
import type { DataHelper } from '../../runtime/docker/data-helper.js';
import { saveDockerRecord } from '../../runtime/docker/docker-record.js';
import {
  currentGeneration,
  folderOf,
  nameGeneration,
  newGeneration,
  removeGeneration,
} from '../../runtime/docker/generation.js';
import type { StateFolder } from '../../runtime/state-folder.js';
import type { RecordKeeper } from '../record-keeper.js';
import type { SetupFlags } from '../setup-command.js';
import { forgetSince } from './forget-since.js';
import type { RebuildPlan } from './rebuild-plan.js';

/**
 * Puts an empty index in the place of the one in the container; the old one is
 * kept in the volume. Before that the AppView is told to ask the remote about
 * everything; the setup that follows starts the new one and tells since when it
 * is complete, at its first fresh reading. Undone with the rest of the run. For the
 * holder of the state folder's lock.
 *
 * @throws BackupError, RuntimeError
 */
export async function rebuildIndex(
  { output, prompts, undo, signal }: CommandContext<SetupFlags>,
  folder: StateFolder,
  keeper: RecordKeeper,
  plan: RebuildPlan
): Promise<void> {
  const { runtime, record, index } = plan;
  output.note(
    `A new, empty index is begun in ${index.source}. It knows what happens from now on; for all before that the AppView's client asks the remote. The old one is kept beside it until npx zx scripts/backup.ts restore --discard-old.`
  );
  const message = `Begin a new index in ${index.source}?`;
  await prompts.confirmByName('confirm', { message, name: index.source });
  signal.throwIfAborted();
  const next = newGeneration(new Date());
  const before = await inVolume(index, async (helper) => {
    await helper.run(['mkdir', '-p', folderOf(next)]);
    return await currentGeneration(helper);
  });
  await forgetSince(runtime, { undo, signal, record: keeper });
  const wasUp = index.container?.status === 'running';
  undo.add('the new index', async () => {
    await runtime.stop();
    await inVolume(index, async (helper) => {
      await nameGeneration(helper, before);
      // Else it would be kept as if it were an old index.
      await removeGeneration(helper, next);
    });
    await saveDockerRecord(folder.docker, { ...record, phase: 'stopped' });
    if (!wasUp) return 'the old one is in its place';
    await runtime.start(record.config);
    return 'the old one serves again';
  });
  await runtime.stop();
  await inVolume(index, (helper) => nameGeneration(helper, next));
  const { CONSTELLATION_LOCAL_SINCE: _old, ...variables } = record.variables;
  await saveDockerRecord(folder.docker, {
    ...record,
    phase: 'stopped',
    variables,
    since: null,
  });
}

async function inVolume<T>(
  index: DockerIndex,
  work: (helper: DataHelper) => Promise<T>
): Promise<T> {
  const helper = await openHelper(index);
  try {
    return await work(helper);
  } finally {
    await helper.close();
  }
}
