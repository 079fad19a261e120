import { prepareBindFolder } from './bind-folder.js';
import { withFormerBridge } from './change-bridge.js';
import { containerData } from './container-data.js';
import type { DockerRecord } from './docker-record.js';
import type { Engine } from './engine.js';
import { stackVariables, type StackVariables } from './stack-variables.js';
import type { WantedIndex } from './wanted-index.js';

/**
 * The record of a start, before it is made. A data folder of this machine is
 * made fit for it.
 *
 * @throws RuntimeError BAD_DATA_FOLDER
 */
export async function startRecord(
  engine: Engine,
  wanted: WantedIndex,
  earlier: DockerRecord | null
): Promise<DockerRecord> {
  const { config, given, image, settingsFile, stack } = wanted;
  const { dataPath } = config;
  const isHere = engine.address.socket !== null;
  const owner =
    dataPath !== null && isHere ? await prepareBindFolder(dataPath) : null;
  const isNew = owner?.isEmpty ?? !(await isThere(engine, wanted));
  const kept = earlier?.since ?? given.CONSTELLATION_LOCAL_SINCE ?? null;
  const variables = notUndefined(
    stackVariables({ config, given, image, owner, settingsFile })
  );
  const before =
    earlier === null
      ? null
      : { ...earlier, formerImages: withFormerBridge(earlier, variables) };
  return {
    phase: 'starting',
    config,
    stack,
    variables,
    image,
    ...imagesBefore(before, image),
    since: isNew ? null : kept,
  };
}

function imagesBefore(
  earlier: DockerRecord | null,
  image: string
): Pick<DockerRecord, 'previousImage' | 'formerImages'> {
  if (earlier === null) return { previousImage: null, formerImages: [] };
  const { previousImage, formerImages } = earlier;
  if (earlier.image === image) return { previousImage, formerImages };
  const former = new Set([...formerImages, earlier.image]);
  former.delete(image);
  return { previousImage: earlier.image, formerImages: [...former] };
}

async function isThere(
  engine: Engine,
  { stack, config }: WantedIndex
): Promise<boolean> {
  const { exists } = await containerData(engine, {
    project: stack.project,
    dataPath: config.dataPath,
    container: null,
    isWish: true,
  });
  return exists;
}

function notUndefined(
  values: StackVariables
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string'
    )
  );
}
