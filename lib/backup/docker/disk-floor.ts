import type { ContainerFacts } from '../../runtime/docker/container.js';
import type { DockerRecord } from '../../runtime/docker/docker-record.js';
import type { ImageFacts } from '../../runtime/docker/image.js';
import { readSettingsFile } from '../../runtime/docker/settings-file.js';
import { NO_FLOOR, type DiskFloor } from '../space-check.js';

/** The setting, as the image's entrypoint reads it. */
export const FLOOR_SETTING = 'CONSTELLATION_DISK_FLOOR_MIB';

/** What the entrypoint takes where it is not set. */
const DEFAULT_FLOOR_MIB = 1024;

/**
 * Room below which the container stops its server, and with half as much again
 * starts it: what a copy beside the index has to leave. The embedded index only
 * pauses, and goes on answering: none. Read as the entrypoint does, at each start.
 */
export async function startFloor(
  image: ImageFacts,
  container: ContainerFacts | null,
  { variables }: DockerRecord
): Promise<DiskFloor> {
  if (image.server !== 'constellation') return NO_FLOOR;
  const file = await readSettingsFile(
    variables['CONSTELLATION_ENV_FILE'] || undefined
  );
  const text =
    file?.settings[FLOOR_SETTING] ||
    container?.environment[FLOOR_SETTING] ||
    variables[FLOOR_SETTING];
  const floor = /^\d{1,7}$/.test(text ?? '') ? Number(text) : DEFAULT_FLOOR_MIB;
  return {
    bytes: (floor + Math.floor(floor / 2)) * 1024 * 1024,
    meaning: `without which the server does not start (${FLOOR_SETTING})`,
  };
}
