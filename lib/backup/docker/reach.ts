/** Where an index in a container is asked while it is backed up. */

import {
  containerUrls,
  networkUrls,
} from '../../runtime/docker/container-urls.js';
import type { ContainerFacts } from '../../runtime/docker/container.js';
import type { RuntimeUrls } from '../../runtime/index.js';
import { BackupError } from '../backup-error.js';
import type { DockerIndex } from './docker-index.js';
import type { LiveIndex } from './live-facts.js';

/**
 * Where a container is asked from here. Pure.
 *
 * @param network in which this process is, being in a container; null: it is
 *   on the engine's machine
 */
export function urlsFrom(
  container: ContainerFacts,
  network: string | null
): RuntimeUrls | null {
  return network === null
    ? containerUrls(container)
    : networkUrls(container, network);
}

/**
 * An index that runs, as it is asked.
 *
 * @throws BackupError SNAPSHOT_FAILED where it cannot be reached
 */
export function liveOf(
  { jetstream, since }: DockerIndex,
  container: ContainerFacts,
  network: string | null
): LiveIndex {
  const urls = urlsFrom(container, network);
  if (urls === null) {
    throw new BackupError(
      network === null
        ? `container ${container.name} publishes no port, so its counts cannot be noted`
        : `container ${container.name} is not in the network ${network}, so its counts cannot be noted`,
      {
        code: 'SNAPSHOT_FAILED',
        suggestion:
          network === null
            ? 'run setup again, which publishes it on this machine: npx zx scripts/setup.ts --runtime docker'
            : 'write the schedule anew: npx zx scripts/backup.ts schedule --as compose --engine-socket --write',
      }
    );
  }
  return { api: urls.api, metrics: urls.metrics, jetstream, since };
}
