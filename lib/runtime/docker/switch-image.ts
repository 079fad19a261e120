/** Another image for an index that runs; its volume stays. */

import {
  COMPOSE_VARIABLE_NAMES,
  COMPOSE_VARIABLES,
} from '../../compose/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { RuntimeActionOptions } from '../runtime.js';
import { bringUpIndex } from './bring-up-index.js';
import type { ContainerFacts } from './container.js';
import type { DockerRecord } from './docker-record.js';
import type { DockerRuntime } from './docker-runtime.js';
import { askEngine } from './engine.js';
import { findImage, type ImageFacts } from './image.js';
import { keptName, type ImageTarget } from './image-target.js';
import { isUp, stopContainer } from './index-container.js';
import type { StackVariables } from './stack-variables.js';

/** An index that runs, with what it runs from. */
export interface RunningIndex {
  readonly record: DockerRecord;
  readonly container: ContainerFacts;
  /** Null: the image was removed beneath it. */
  readonly image: ImageFacts | null;
}

/**
 * The index of a state folder, which has to run.
 *
 * @throws RuntimeError ILLEGAL_CHANGE
 */
export async function runningIndex(
  runtime: DockerRuntime
): Promise<RunningIndex> {
  const record = await runtime.record();
  const container = await runtime.container();
  if (record === null || container?.status !== 'running') {
    const { detail } = await runtime.status();
    throw new RuntimeError(
      `only a running index gets another image: ${detail}`,
      {
        code: 'ILLEGAL_CHANGE',
        suggestion: 'start it first: npx zx scripts/setup.ts',
      }
    );
  }
  const image = await findImage(runtime.engine, container.imageId);
  return { record, container, image };
}

/** Whether the index runs from that image, or from that revision, already. */
export function runsAlready(
  { container, image }: RunningIndex,
  target: ImageTarget,
  found: ImageFacts | null
): boolean {
  if (found !== null && found.id === container.imageId) return true;
  if (target.revision === null || image === null) return false;
  return image.server === 'constellation' && image.version === target.revision;
}

/**
 * The record of the same index with another image, the present one being the
 * one before it. Pure.
 *
 * @param told what is said of a build (`CONSTELLATION_RUST_IMAGE` and the like)
 */
export function recordWithImage(
  record: DockerRecord,
  { name, revision }: ImageTarget,
  told: StackVariables = {}
): DockerRecord {
  const forBuild = Object.fromEntries(
    COMPOSE_VARIABLE_NAMES.flatMap((key) => {
      const value = told[key];
      const isFor = COMPOSE_VARIABLES[key].takes === 'build';
      return isFor && value !== undefined ? [[key, value] as const] : [];
    })
  );
  const former = new Set([...record.formerImages, record.image]);
  former.delete(name);
  return {
    ...record,
    variables: {
      ...record.variables,
      ...forBuild,
      CONSTELLATION_IMAGE: name,
      ...(revision === null ? {} : { CONSTELLATION_VERSION: revision }),
    },
    image: name,
    previousImage: record.image,
    formerImages: [...former],
  };
}

/**
 * The record to go back to: the container's own image by a name that is still
 * its own. An image whose name was given to another one gets a new name.
 */
export async function recordToKeep(
  { engine }: DockerRuntime,
  { record, container }: RunningIndex
): Promise<DockerRecord> {
  const named = await findImage(engine, container.image);
  if (named?.id === container.imageId) return record;
  const name = keptName(container.imageId);
  const [repo = name, tag = 'latest'] = name.split(':');
  await askEngine(engine, (docker) =>
    docker.getImage(container.imageId).tag({ repo, tag })
  );
  return {
    ...record,
    image: name,
    variables: { ...record.variables, CONSTELLATION_IMAGE: name },
    formerImages: [...new Set([...record.formerImages, name])],
  };
}

/**
 * Makes the index's container anew from the image of a record, and waits until
 * it listens. No other service is touched; the record is not written.
 *
 * @throws as bringUpIndex
 */
export async function runFrom(
  runtime: DockerRuntime,
  record: DockerRecord,
  options: RuntimeActionOptions
): Promise<void> {
  await bringUpIndex(runtime, record, options);
  const container = await runtime.container();
  if (container?.image === record.image) return;
  throw new RuntimeError(
    `the container has image ${container?.image ?? 'none'}, not ${record.image}`,
    { code: 'START_FAILED' }
  );
}

/** What has just begun closes its store sooner, or is killed (ms). */
const LEAVE_MS = 20_000;

/** As {@link runFrom}, from an image that is not well: it gets less time. */
export async function goBackTo(
  runtime: DockerRuntime,
  record: DockerRecord,
  options: RuntimeActionOptions
): Promise<void> {
  const container = await runtime.container();
  const isOther = container !== null && container.image !== record.image;
  if (isOther && isUp(container)) {
    await stopContainer(runtime.engine, container, { deadlineMs: LEAVE_MS });
  }
  await runFrom(runtime, record, options);
  await runtime.keep(record);
}
