import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import {
  currentGeneration,
  folderOf,
  otherGenerations,
  removeGeneration,
} from '../../runtime/docker/generation.js';
import type { KeptData } from '../restore/kept-data.js';
import { findDockerIndex, openHelper } from './docker-index.js';

/** What restores and rebuilds have left in the volume beside the index. */
export async function findKeptInVolume(
  runtime: DockerRuntime
): Promise<readonly KeptData[]> {
  const index = await findDockerIndex(runtime);
  const helper = await openHelper(index);
  try {
    const current = await currentGeneration(helper);
    const others = await otherGenerations(helper, current);
    return others.map(({ generation, sizeBytes }) => ({
      path: `${index.source}:${folderOf(generation)}`,
      sizeBytes,
    }));
  } finally {
    await helper.close();
  }
}

/**
 * Removes all of it.
 *
 * @returns what was removed, as {@link findKeptInVolume} names it
 */
export async function discardKeptInVolume(
  runtime: DockerRuntime
): Promise<readonly string[]> {
  const index = await findDockerIndex(runtime);
  const helper = await openHelper(index);
  try {
    const current = await currentGeneration(helper);
    const others = await otherGenerations(helper, current);
    for (const { generation } of others) {
      await removeGeneration(helper, generation);
    }
    return others.map(
      ({ generation }) => `${index.source}:${folderOf(generation)}`
    );
  } finally {
    await helper.close();
  }
}
