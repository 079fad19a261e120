/** What a command takes of each runtime: how data is copied and looked at. */

import path from 'node:path';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { openEngine } from '../../runtime/docker/engine.js';
import { findImage } from '../../runtime/docker/image.js';
import { BackupError } from '../backup-error.js';
import { DockerSnapshotter } from '../docker/docker-snapshotter.js';
import { LookVolume } from '../docker/look-volume.js';
import { EmbeddedOpener } from '../embedded/embedded-opener.js';
import { EmbeddedSnapshotter } from '../embedded/embedded-snapshotter.js';
import { lookFolder } from '../embedded/folder-workplace.js';
import type { BackupManifest } from '../manifest/manifest.js';
import type { Snapshotter } from '../snapshotter.js';
import type { Workplace } from '../workplace.js';
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
 * @throws BackupError NO_IMAGE where that image is not on the engine
 */
export async function lookPlace(
  { runtime, server }: BackupManifest,
  workFolder: string
): Promise<Workplace> {
  if (runtime === 'embedded')
    return lookFolder(workFolder, new EmbeddedOpener());
  const engine = openEngine();
  const image =
    server.imageDigest === null
      ? null
      : await findImage(engine, server.imageDigest);
  if (image !== null) return new LookVolume({ engine, image });
  const name = server.image ?? 'its image';
  throw new BackupError(
    `the image that wrote it is not on the engine: ${name} (${server.imageDigest ?? 'no id'})`,
    {
      code: 'NO_IMAGE',
      suggestion: `get it back (docker pull ${name}, or docker load), or compare sums alone: --quick`,
    }
  );
}
