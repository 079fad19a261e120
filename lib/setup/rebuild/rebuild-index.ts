import type { CommandContext } from '../../cli/index.js';
import {
  findDockerIndex,
  openHelper,
} from '../../backup/docker/docker-index.js';
import { saveDockerRecord } from '../../runtime/docker/docker-record.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import {
  currentGeneration,
  folderOf,
  knowsGenerations,
  nameGeneration,
  newGeneration,
  type Generation,
} from '../../runtime/docker/generation.js';
import type { StateFolder } from '../../runtime/state-folder.js';
import type { SetupFlags } from '../setup-command.js';
import { SetupError } from '../setup-error.js';

/**
 * Puts an empty index in the place of the one in the container; the old one is
 * kept in the volume. The setup that follows starts it and notes since when it
 * is complete, at its first fresh reading, for the AppView's client: for all
 * before that it asks the remote. Undone with the rest of the run. For the
 * holder of the state folder's lock.
 *
 * @throws SetupError NOTHING_FOUND, PREREQUISITE; BackupError, RuntimeError
 */
export async function rebuildIndex(
  { output, prompts, undo, signal }: CommandContext<SetupFlags>,
  folder: StateFolder
): Promise<void> {
  const runtime = new DockerRuntime({ folder });
  const record = await runtime.record();
  if (record === null) {
    throw new SetupError(
      `no index in a container is set up in ${folder.path}`,
      {
        code: 'NOTHING_FOUND',
        suggestion: 'npx zx scripts/setup.ts --runtime docker',
      }
    );
  }
  const index = await findDockerIndex(runtime);
  if (!knowsGenerations(index.image)) {
    throw new SetupError(
      `the image ${index.imageName} cannot keep an old index beside a new one`,
      {
        code: 'PREREQUISITE',
        suggestion: 'build it anew first: npx zx scripts/setup.ts --upgrade',
      }
    );
  }
  output.note(
    `A new, empty index is begun in ${index.source}. It knows what happens from now on; for all before that the AppView's client asks the remote. The old one is kept beside it until npx zx scripts/backup.ts restore --discard-old.`
  );
  const message = `Begin a new index in ${index.source}?`;
  await prompts.confirmByName('confirm', { message, name: index.source });
  const wasUp = index.container?.status === 'running';
  const swap = async (next: Generation): Promise<Generation> => {
    const helper = await openHelper(index);
    try {
      const current = await currentGeneration(helper);
      await helper.run(['mkdir', '-p', folderOf(next)]);
      await runtime.stop();
      await nameGeneration(helper, next);
      return current;
    } finally {
      await helper.close();
    }
  };
  signal.throwIfAborted();
  const before = await swap(newGeneration(new Date()));
  undo.add('the new index', async () => {
    await swap(before);
    await saveDockerRecord(folder.docker, { ...record, phase: 'stopped' });
    if (!wasUp) return 'the old one is in its place';
    await runtime.start(record.config);
    return 'the old one serves again';
  });
  const { CONSTELLATION_LOCAL_SINCE: _old, ...variables } = record.variables;
  await saveDockerRecord(folder.docker, {
    ...record,
    phase: 'stopped',
    variables,
    since: null,
  });
}
