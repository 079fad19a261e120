/** Copying the files of an index while nobody writes to them. */

import type { ContainerFacts } from '../../runtime/docker/container.js';
import type { DataHelper } from '../../runtime/docker/data-helper.js';
import { BackupError } from '../backup-error.js';
import type { SnapshotOptions } from '../snapshotter.js';
import type { DockerIndex } from './docker-index.js';
import type { Hold } from './held-record.js';
import { whileHeld, type HoldOptions } from './hold.js';
import { assertRoom } from './room.js';
import { canLink, copyAll, linkRocks } from './volume-snapshot.js';
import { filesSize } from './volume-size.js';

/** What is copied where. */
export interface CopyPlace {
  readonly index: DockerIndex;
  readonly container: ContainerFacts;
  readonly helper: DataHelper;
  /** Folders in the helper. */
  readonly from: string;
  readonly to: string;
}

/** How it was copied in the end. */
export interface HeldCopy {
  readonly method: 'freeze' | 'stop';
  /** How long the API was away. */
  readonly awayMs: number;
}

/** How long a copy may take while the index is stopped (ms). */
export const COPY_MS = 6 * 3_600_000;

const STOPPED =
  'so the container is stopped, its files copied, and started again: the API is away meanwhile';

/**
 * Freezes the container and links its files. Where links or freezing are not
 * possible, or the image does not say that its files can be linked, it is
 * stopped cleanly, its files copied, and it is started again; said before.
 *
 * @throws BackupError NO_SPACE, SNAPSHOT_FAILED; the engine's error; the
 *   signal's reason
 */
export async function copyHeld(
  { index, container, helper, from, to }: CopyPlace,
  planned: 'freeze' | 'stop',
  held: Pick<HoldOptions, 'file' | 'urlsOf'>,
  { signal, onNotice }: SnapshotOptions
): Promise<HeldCopy> {
  const { engine } = index;
  const during = async (hold: Hold, work: () => Promise<void>) =>
    await whileHeld({ engine, container, hold, signal, ...held }, work);
  const stop = async (why: string): Promise<HeldCopy> => {
    await assertRoom(helper, await filesSize(helper, from), index);
    onNotice?.(`${why}, ${STOPPED}`);
    signal.throwIfAborted();
    const { awayMs } = await during('stopped', () =>
      copyAll(helper, from, to, { limitMs: COPY_MS, signal })
    );
    return { method: 'stop', awayMs };
  };
  if (planned === 'stop') {
    return await stop('the image does not say which server is in it');
  }
  if (!(await canLink(helper, to))) {
    return await stop('no hard links can be made where the data is');
  }
  signal.throwIfAborted();
  try {
    const { awayMs } = await during('paused', () =>
      linkRocks(helper, from, to)
    );
    return { method: 'freeze', awayMs };
  } catch (error) {
    if (!(error instanceof BackupError) || error.code !== 'NOT_FROZEN') {
      throw error;
    }
    return await stop(error.message);
  }
}
