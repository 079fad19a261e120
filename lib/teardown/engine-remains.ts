/** What is left on a Docker engine, found by labels alone. */

import { ROLE_LABEL } from '../compose/index.js';
import { COMPOSE_LABELS } from '../runtime/docker/container.js';
import type { DockerRecord } from '../runtime/docker/docker-record.js';
import type { DockerRuntime } from '../runtime/docker/docker-runtime.js';
import { askEngine, statusOf } from '../runtime/docker/engine.js';
import { findImage, type ImageFacts } from '../runtime/docker/image.js';
import { volumeSize } from '../runtime/docker/volume.js';
import { bridgeImageOf } from '../runtime/docker/wanted-index.js';

/** Something on the engine. */
export interface EngineRemains {
  readonly kind: 'container' | 'image' | 'volume';
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Null where the engine does not say. */
  readonly sizeBytes: number | null;
}

/** What may go. */
export interface EngineWish {
  readonly containers: boolean;
  readonly images: boolean;
  readonly volumes: boolean;
}

/** Removing a large volume takes a while (ms). */
const REMOVE_MS = 120_000;

/**
 * What of ours is on the engine, as asked for, in the order in which it can be
 * removed. Ours is what carries our label and belongs to the recorded project;
 * an image also has to be one that setup has run.
 */
export async function findEngineRemains(
  runtime: DockerRuntime,
  wish: EngineWish
): Promise<readonly EngineRemains[]> {
  const record = await runtime.record();
  if (record === null) return [];
  const { containers, images, volumes } = wish;
  return [
    // What is in use cannot be removed.
    ...(containers || images || volumes
      ? [
          ...(await findContainersOf('bridge', runtime, record)),
          ...(await findContainersOf('index', runtime, record)),
        ]
      : []),
    ...(images ? await findImages(runtime, record) : []),
    ...(volumes ? await findVolumes(runtime, record) : []),
  ];
}

/** Removes one of them; what is gone already is no failure. */
export async function removeEngineRemains(
  { engine }: DockerRuntime,
  { kind, id }: EngineRemains
): Promise<void> {
  try {
    await askEngine(
      engine,
      async (docker) => {
        switch (kind) {
          case 'container':
            await docker.getContainer(id).remove();
            return;
          case 'image':
            await docker.getImage(id).remove();
            return;
          case 'volume':
            await docker.getVolume(id).remove();
            return;
        }
      },
      REMOVE_MS
    );
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

function labels(role: string, { stack }: DockerRecord): readonly string[] {
  return [
    `${ROLE_LABEL}=${role}`,
    `${COMPOSE_LABELS.project}=${stack.project}`,
  ];
}

async function findContainersOf(
  role: 'index' | 'bridge',
  { engine }: DockerRuntime,
  record: DockerRecord
): Promise<readonly EngineRemains[]> {
  const label = [...labels(role, record)];
  const found = await askEngine(engine, (docker) =>
    docker.listContainers({ all: true, filters: { label } })
  );
  return found.map(({ Id, Names }) => ({
    kind: 'container',
    id: Id,
    name: (Names[0] ?? Id).replace(/^\//, ''),
    sizeBytes: null,
  }));
}

async function findImages(
  { engine }: DockerRuntime,
  { image, previousImage, formerImages, config, variables }: DockerRecord
): Promise<readonly EngineRemains[]> {
  const hasBridge = (config.bridge ?? null) !== null;
  const names = new Set([
    ...(hasBridge ? [bridgeImageOf(variables)] : []),
    image,
    ...(previousImage === null ? [] : [previousImage]),
    ...formerImages,
  ]);
  const found: EngineRemains[] = [];
  for (const name of names) {
    const facts = await findImage(engine, name);
    if (facts === null || !isOurs(facts)) continue;
    const { sizeBytes } = facts;
    found.push({ kind: 'image', id: name, name, sizeBytes });
  }
  return found;
}

function isOurs({ server, labels: told }: ImageFacts): boolean {
  return server !== null || told['constellation-local.server'] === 'bridge';
}

async function findVolumes(
  { engine }: DockerRuntime,
  record: DockerRecord
): Promise<readonly EngineRemains[]> {
  const label = [...labels('data', record)];
  const { Volumes: volumes } = await askEngine(engine, (docker) =>
    docker.listVolumes({ filters: { label } })
  );
  return await Promise.all(
    volumes.map(async ({ Name: name }): Promise<EngineRemains> => ({
      kind: 'volume',
      id: name,
      name,
      sizeBytes: await volumeSize(engine, name),
    }))
  );
}
