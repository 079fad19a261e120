import { folderOf, type Generation } from '../../runtime/docker/generation.js';
import type { ReadBackup } from '../backup-folder.js';
import type { OpenedIndex } from '../index-opener.js';
import { unpackedSize } from '../manifest/manifest.js';
import type { OnProgress } from '../progress.js';
import type { Workplace } from '../workplace.js';
import { openHelper, type DockerIndex } from './docker-index.js';
import { openInContainer } from './open-container.js';
import { assertRoom, explainFullVolume } from './room.js';
import { beginGeneration, endGeneration } from './unfinished-generation.js';
import { unpackInto } from './unpack-into.js';

/** What is unpacked where: a volume, and a folder in it. */
export type WorkplaceTarget = Pick<
  DockerIndex,
  'engine' | 'image' | 'source' | 'user' | 'floor'
> & {
  readonly generation: Generation;
  /** Where there is too little room: the last words of what to do. */
  readonly orElse?: string | undefined;
};

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
    const { source, user, generation, floor, orElse } = this.#target;
    const folder = folderOf(generation);
    const helper = await openHelper(this.#target);
    try {
      const needed = unpackedSize(backup.manifest);
      await assertRoom(helper, needed, { source, floor, orElse });
      if (generation !== null) await beginGeneration(helper, generation);
      await unpackInto(helper, folder, user, backup, signal, onProgress);
    } catch (error) {
      throw explainFullVolume(error, source);
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
