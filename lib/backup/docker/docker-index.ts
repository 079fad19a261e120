import { COMPOSE_VARIABLES } from '../../compose/index.js';
import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import type { ContainerFacts } from '../../runtime/docker/container.js';
import { DataHelper } from '../../runtime/docker/data-helper.js';
import type { Engine } from '../../runtime/docker/engine.js';
import { findImage, type ImageFacts } from '../../runtime/docker/image.js';
import { BackupError } from '../backup-error.js';
import type { DiskFloor } from '../space-check.js';
import { startFloor } from './disk-floor.js';

/** An index in a container, as far as backups go. */
export interface DockerIndex {
  readonly engine: Engine;
  /** Null: there is none at present. */
  readonly container: ContainerFacts | null;
  readonly image: ImageFacts;
  /** As it was named. */
  readonly imageName: string;
  /** Volume, or folder of the engine's machine. */
  readonly source: string;
  /** `UID:GID` it runs as. */
  readonly user: string;
  /** Its streams, as setup was told. */
  readonly jetstream: readonly string[];
  /** Since when it is complete, ISO 8601; null: not known. */
  readonly since: string | null;
  /** Room that the volume has to keep for the index to start. */
  readonly floor: DiskFloor;
}

/**
 * Looks for the index that setup has made.
 *
 * @param source another volume or folder than the index's own
 * @throws BackupError NOTHING_FOUND; RuntimeError
 */
export async function findDockerIndex(
  runtime: DockerRuntime,
  source?: string
): Promise<DockerIndex> {
  const [record, container] = [
    await runtime.record(),
    await runtime.container(),
  ];
  if (record === null) {
    throw new BackupError('there is no index in a container', {
      code: 'NOTHING_FOUND',
      suggestion: 'run setup first: npx zx scripts/setup.ts --runtime docker',
    });
  }
  const { engine } = runtime;
  const imageName = container?.image ?? record.image;
  const image = await findImage(engine, container?.imageId ?? imageName);
  if (image === null) {
    throw new BackupError(`the image ${imageName} is not on the engine`, {
      code: 'NOT_SUPPORTED',
      suggestion: 'run setup again, which builds or pulls it',
    });
  }
  const { CONSTELLATION_UID: uid, CONSTELLATION_GID: gid } = record.variables;
  return {
    engine,
    container,
    image,
    imageName,
    source: source ?? (await runtime.data()).name,
    user: `${uid ?? COMPOSE_VARIABLES.CONSTELLATION_UID.default}:${gid ?? COMPOSE_VARIABLES.CONSTELLATION_GID.default}`,
    jetstream: record.config.jetstream,
    since: record.since,
    floor: await startFloor(image, container, record),
  };
}

/** A container of the moment on its data. */
export async function openHelper({
  engine,
  image,
  source,
  user,
}: Pick<
  DockerIndex,
  'engine' | 'image' | 'source' | 'user'
>): Promise<DataHelper> {
  return await DataHelper.open({ engine, image: image.id, source, user });
}
