import { formatBytes } from '../../cli/index.js';
import { DATA, type DataHelper } from '../../runtime/docker/data-helper.js';
import { folderOf, type Generation } from '../../runtime/docker/generation.js';
import { BackupError } from '../backup-error.js';
import type { ReadBackup } from '../backup-folder.js';
import type { OpenedIndex } from '../index-opener.js';
import { unpackedSize } from '../manifest/manifest.js';
import type { OnProgress } from '../progress.js';
import type { Workplace } from '../workplace.js';
import { openHelper, type DockerIndex } from './docker-index.js';
import { openInContainer } from './open-container.js';
import { beginGeneration, endGeneration } from './unfinished-generation.js';
import { unpackInto } from './unpack-into.js';

/** Left free beside what is unpacked (bytes). */
const RESERVE_BYTES = 16 * 1024 * 1024;

/** What is unpacked where: a volume, and a folder in it. */
export type WorkplaceTarget = Pick<
  DockerIndex,
  'engine' | 'image' | 'source' | 'user'
> & { readonly generation: Generation };

/** A folder in a volume, looked at by a container of the recorded image. */
export class DockerWorkplace implements Workplace {
  readonly #target: WorkplaceTarget;

  constructor(target: WorkplaceTarget) {
    this.#target = target;
  }

  async unpack(
    backup: ReadBackup,
    signal: AbortSignal,
    onProgress: OnProgress
  ): Promise<void> {
    const { source, user, generation } = this.#target;
    const folder = folderOf(generation);
    const helper = await openHelper(this.#target);
    try {
      await assertRoom(helper, unpackedSize(backup.manifest), source);
      if (generation !== null) await beginGeneration(helper, generation);
      await unpackInto(helper, folder, user, backup, signal, onProgress);
    } finally {
      await helper.close();
    }
  }

  async open(signal: AbortSignal): Promise<OpenedIndex> {
    const { engine, image, source, user, generation } = this.#target;
    return await openInContainer(
      { engine, image: image.id, source, user, generation },
      signal
    );
  }

  async remove(): Promise<void> {
    const { generation } = this.#target;
    if (generation === null) return;
    const helper = await openHelper(this.#target);
    try {
      await helper.run(['rm', '-rf', folderOf(generation)], {
        limitMs: 600_000,
      });
      await endGeneration(helper, generation);
    } finally {
      await helper.close();
    }
  }
}

/** @throws BackupError NO_SPACE */
export async function assertRoom(
  helper: DataHelper,
  neededBytes: number,
  source: string
): Promise<void> {
  const text = await helper.run(['df', '-B1', '--output=avail', DATA]);
  const freeBytes = Number(/\n\s*(\d+)\s*$/.exec(text)?.[1] ?? Number.NaN);
  if (!Number.isFinite(freeBytes)) return;
  if (freeBytes >= neededBytes + RESERVE_BYTES) return;
  throw new BackupError(
    `${formatBytes(neededBytes)} are needed where the engine keeps ${source}, ${formatBytes(freeBytes)} are free`,
    {
      code: 'NO_SPACE',
      suggestion:
        'free some space there: docker system df says what takes it; restore --discard-old removes old data',
    }
  );
}
