import type { DataHelper } from '../../runtime/docker/data-helper.js';
import { openHelper, type DockerIndex } from './docker-index.js';

/** Removing a large one (ms). */
const REMOVE_MS = 600_000;

/**
 * Removes a snapshot. Where the copying was stopped, or took too long, something
 * may still copy into it: that ends with its helper.
 */
export async function removeSnapshot(
  index: DockerIndex,
  helper: DataHelper,
  folder: string,
  mayCopy: boolean
): Promise<void> {
  if (mayCopy) await helper.close();
  const remover = mayCopy ? await openHelper(index) : helper;
  try {
    await remover.run(['rm', '-rf', folder], { limitMs: REMOVE_MS });
  } finally {
    if (mayCopy) await remover.close();
  }
}
