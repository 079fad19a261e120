import { stat } from 'node:fs/promises';
import { COMPOSE_VARIABLES } from '../../compose/index.js';
import { diskSpace } from '../disk-usage.js';
import type { DataLocation } from '../runtime.js';
import type { ContainerFacts } from './container.js';
import { engineFacts } from './engine-facts.js';
import type { Engine } from './engine.js';
import { folderInside, volumeExists, volumeSize } from './volume.js';

/** What says where the index keeps its data. */
export interface DataWish {
  readonly project: string;
  /** Folder of this machine; null: the named volume. */
  readonly dataPath: string | null;
  readonly container: ContainerFacts | null;
  /** The place that would be used, whatever is mounted now. */
  readonly isWish: boolean;
}

/** Where its data is (or would be), and how large it is. */
export async function containerData(
  engine: Engine,
  { project, dataPath, container, isWish }: DataWish
): Promise<DataLocation> {
  const mounted = container?.mounts.get('/data');
  const name =
    !isWish && mounted !== undefined
      ? mounted.name
      : (dataPath ?? volumeName(project));
  const isVolume = !name.startsWith('/');
  const exists = isVolume
    ? await volumeExists(engine, name)
    : await stat(name).then(
        (stats) => stats.isDirectory(),
        () => false
      );
  const isOpen = container?.status === 'running' && mounted?.name === name;
  const measured = isOpen
    ? await folderInside(engine, container.id, '/data')
    : await measuredOutside(engine, name, exists);
  return { kind: 'volume', name, exists, sample: false, ...measured };
}

/** As Compose names it; Compose 1 leaves off what a project begins with. */
function volumeName(project: string): string {
  const name = COMPOSE_VARIABLES.CONSTELLATION_DATA_PATH.default;
  return `${project.replace(/^[-_]+/, '')}_${name}`;
}

/** What is known of data that no container has open: the engine's own disk. */
async function measuredOutside(
  engine: Engine,
  name: string,
  exists: boolean
): Promise<Pick<DataLocation, 'sizeBytes' | 'freeBytes' | 'diskBytes'>> {
  const isVolume = !name.startsWith('/');
  const { freeBytes, totalBytes } = isVolume
    ? await engineFacts(engine)
    : ((await diskSpace(name)) ?? { freeBytes: null, totalBytes: null });
  return {
    sizeBytes: isVolume && exists ? await volumeSize(engine, name) : null,
    freeBytes,
    diskBytes: totalBytes,
  };
}
