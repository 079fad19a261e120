/** What a command takes of each runtime: how data is copied and looked at. */

import path from 'node:path';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { openEngine } from '../../runtime/docker/engine.js';
import { findImage } from '../../runtime/docker/image.js';
import { BackupError } from '../backup-error.js';
import { DockerSnapshotter } from '../docker/docker-snapshotter.js';
import { findDockerIndex } from '../docker/docker-index.js';
import { LookVolume, type IndexBeside } from '../docker/look-volume.js';
import { EmbeddedOpener } from '../embedded/embedded-opener.js';
import { EmbeddedSnapshotter } from '../embedded/embedded-snapshotter.js';
import { lookFolder } from '../embedded/folder-workplace.js';
import type { BackupManifest } from '../manifest/manifest.js';
import { pauseFloor, pauseFloorAt } from '../pause-floor.js';
import type { Snapshotter } from '../snapshotter.js';
import type { Workplace } from '../workplace.js';
import type { Runtime } from '../../runtime/index.js';
import type { BackupScene } from './backup-scene.js';

/**
 * How data of a runtime is copied.
 *
 * @param dataPath another folder than the runtime's own
 * @param network of the engine, where this process is in a container of it
 * @throws BackupError NOT_SUPPORTED for another folder of the Docker runtime
 */
export async function snapshotterOf(
  { runtime, folder, backups }: BackupScene,
  dataPath: string | undefined,
  network: string | undefined = undefined
): Promise<Snapshotter> {
  if (runtime instanceof DockerRuntime) {
    if (dataPath === undefined) {
      return new DockerSnapshotter({
        runtime,
        folder,
        backups,
        network: network ?? null,
      });
    }
    throw new BackupError('a container is backed up where its data is', {
      code: 'NOT_SUPPORTED',
      suggestion: 'leave --data out',
    });
  }
  const own = (await runtime.data()).name;
  return new EmbeddedSnapshotter(path.resolve(dataPath ?? own));
}

/**
 * Where a backup is looked at: a folder, or a volume with a container of the
 * image that wrote it.
 *
 * @param workFolder of the embedded runtime, absolute
 * @param running the index that is not to run out of room for it
 * @throws BackupError NO_IMAGE where that image is not on the engine
 */
export async function lookPlace(
  { runtime, server }: BackupManifest,
  workFolder: string,
  running: Runtime,
  signal: AbortSignal
): Promise<Workplace> {
  if (runtime === 'embedded') {
    const floor = await pauseFloorAt(workFolder, running, signal);
    return lookFolder(workFolder, new EmbeddedOpener(), floor);
  }
  const engine = openEngine();
  const image =
    server.imageDigest === null
      ? null
      : await findImage(engine, server.imageDigest);
  if (image !== null) {
    const beside = await besideOf(running, signal);
    return new LookVolume({ engine, image, beside });
  }
  const name = server.image ?? 'its image';
  throw new BackupError(
    `the image that wrote it is not on the engine: ${name} (${server.imageDigest ?? 'no id'})`,
    {
      code: 'NO_IMAGE',
      suggestion: `get it back (docker pull ${name}, or docker load), or compare sums alone: --quick`,
    }
  );
}

/** The index in a container that runs here. @returns null where there is none */
async function besideOf(
  running: Runtime,
  signal: AbortSignal
): Promise<IndexBeside | null> {
  if (!(running instanceof DockerRuntime)) return null;
  if ((await running.record()) === null) return null;
  if ((await running.container()) === null) return null;
  const index = await findDockerIndex(running);
  const floor =
    index.floor.bytes === 0 ? await pauseFloor(running, signal) : index.floor;
  return { ...index, floor };
}
