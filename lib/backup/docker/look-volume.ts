import { IMAGE_USER } from '../../runtime/docker/bind-folder.js';
import { askEngine } from '../../runtime/docker/engine.js';
import { ownedLabels, sweepOwnerless } from '../../runtime/docker/owned.js';
import type { ReadBackup } from '../backup-folder.js';
import { newVerifyName } from '../backup-name.js';
import type { OpenedIndex } from '../index-opener.js';
import type { OnProgress } from '../progress.js';
import type { Workplace } from '../workplace.js';
import type { DockerIndex } from './docker-index.js';
import { DockerWorkplace } from './docker-workplace.js';

/** A volume of the moment, for a look at a backup. */
export class LookVolume implements Workplace {
  readonly #image: Pick<DockerIndex, 'engine' | 'image'>;
  readonly #name = `constellation-local${newVerifyName()}`;
  #inside: DockerWorkplace | null = null;

  constructor(image: Pick<DockerIndex, 'engine' | 'image'>) {
    this.#image = image;
  }

  async unpack(
    backup: ReadBackup,
    signal: AbortSignal,
    onProgress: OnProgress
  ): Promise<void> {
    const { engine, image } = this.#image;
    await sweepOwnerless(engine);
    await askEngine(engine, (docker) =>
      docker.createVolume({ Name: this.#name, Labels: ownedLabels('look') })
    );
    this.#inside = new DockerWorkplace({
      engine,
      image,
      source: this.#name,
      // The engine fills a new volume as the image has it: the folder is its user's.
      user: `${IMAGE_USER.uid}:${IMAGE_USER.gid}`,
      generation: null,
      floorBytes: 0,
    });
    await this.#inside.unpack(backup, signal, onProgress);
  }

  async open(signal: AbortSignal): Promise<OpenedIndex> {
    if (this.#inside === null) throw new TypeError('nothing is unpacked');
    return await this.#inside.open(signal);
  }

  async remove(): Promise<void> {
    if (this.#inside === null) return;
    this.#inside = null;
    await askEngine(
      this.#image.engine,
      (docker) => docker.getVolume(this.#name).remove(),
      60_000
    );
  }
}
