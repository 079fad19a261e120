import { IMAGE_USER } from '../../runtime/docker/bind-folder.js';
import { askEngine } from '../../runtime/docker/engine.js';
import { DATA } from '../../runtime/docker/data-helper.js';
import { ownedLabels, sweepOwnerless } from '../../runtime/docker/owned.js';
import type { ReadBackup } from '../backup-folder.js';
import { newVerifyName } from '../backup-name.js';
import type { OpenedIndex } from '../index-opener.js';
import type { OnProgress } from '../progress.js';
import { NO_FLOOR, type DiskFloor } from '../space-check.js';
import type { Workplace } from '../workplace.js';
import { openHelper, type DockerIndex } from './docker-index.js';
import { DockerWorkplace } from './docker-workplace.js';

/** An index that has its data on the same engine, and needs room there. */
export type IndexBeside = Pick<DockerIndex, 'image' | 'source' | 'user'> & {
  readonly floor: DiskFloor;
};

/** What a look takes, and beside what. */
export interface LookVolumeOptions extends Pick<
  DockerIndex,
  'engine' | 'image'
> {
  /** Null: there is none. */
  readonly beside: IndexBeside | null;
}

const OR_ELSE =
  '; or compare sums alone: npx zx scripts/backup.ts verify --quick';

/** A volume of the moment, for a look at a backup. */
export class LookVolume implements Workplace {
  readonly #options: LookVolumeOptions;
  readonly #name = `constellation-local${newVerifyName()}`;
  #inside: DockerWorkplace | null = null;

  constructor(options: LookVolumeOptions) {
    this.#options = options;
  }

  async unpack(
    backup: ReadBackup,
    signal: AbortSignal,
    onProgress: OnProgress
  ): Promise<void> {
    const { engine, image } = this.#options;
    await sweepOwnerless(engine);
    await askEngine(engine, (docker) =>
      docker.createVolume({ Name: this.#name, Labels: ownedLabels('look') })
    );
    const own = {
      engine,
      image,
      source: this.#name,
      // The engine fills a new volume as the image has it: the folder is its user's.
      user: `${IMAGE_USER.uid}:${IMAGE_USER.gid}`,
    };
    // It is to be removed from here on, whatever fails.
    const removal = { ...own, generation: null, floor: NO_FLOOR };
    this.#inside = new DockerWorkplace(removal);
    const floor = await this.#floorHere(own);
    this.#inside = new DockerWorkplace({ ...removal, floor, orElse: OR_ELSE });
    await this.#inside.unpack(backup, signal, onProgress);
  }

  async open(signal: AbortSignal): Promise<OpenedIndex> {
    if (this.#inside === null) throw new TypeError('nothing is unpacked');
    return await this.#inside.open(signal);
  }

  /** What the index beside needs, where it has its data on the same disk. */
  async #floorHere(own: Parameters<typeof openHelper>[0]): Promise<DiskFloor> {
    const { engine, beside } = this.#options;
    if (beside === null || beside.floor.bytes === 0) return NO_FLOOR;
    const [here, there] = [
      await diskOf(own),
      await diskOf({ engine, ...beside }),
    ];
    return here === there ? beside.floor : NO_FLOOR;
  }

  async remove(): Promise<void> {
    if (this.#inside === null) return;
    this.#inside = null;
    await askEngine(
      this.#options.engine,
      (docker) => docker.getVolume(this.#name).remove(),
      60_000
    );
  }
}

/** The number of the disk that data is on, as the engine's machine counts them. */
async function diskOf(
  index: Parameters<typeof openHelper>[0]
): Promise<string> {
  const helper = await openHelper(index);
  try {
    return (await helper.run(['stat', '-c', '%d', DATA])).trim();
  } finally {
    await helper.close();
  }
}
