import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { findContainers, type ContainerFacts } from './container.js';
import type { ComposeStack } from './compose-stack.js';
import type { Engine } from './engine.js';
import { findImage } from './image.js';

/**
 * Of services that are to be made anew, those whose image's name has moved
 * since they were made, by a pull or a build that nobody has used yet. Compose
 * would start the other image, and an AppView would be upgraded, unasked, by a
 * change of its environment.
 *
 * @returns service to the id of the image that it runs
 */
export async function imagesToKeep(
  engine: Engine,
  project: string,
  services: readonly string[]
): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>();
  for (const service of services) {
    for (const container of await findContainers(engine, project, service)) {
      const named = await findImage(engine, container.image);
      if (hasMoved(container, named?.id)) kept.set(service, container.imageId);
    }
  }
  return kept;
}

/**
 * Whether the name of a container's image means another one now. One that was
 * kept before has an id for a name, and is kept again. Pure.
 */
export function hasMoved(
  { image, imageId }: Pick<ContainerFacts, 'image' | 'imageId'>,
  namedId: string | undefined
): boolean {
  return image.startsWith('sha256:') || namedId !== imageId;
}

/**
 * Does something with a stack that has one more compose file: services keep
 * the images that they run. The file is gone afterwards, so the AppView's next
 * plain `up` takes what its own files say.
 */
export async function withKeptImages<T>(
  stack: ComposeStack,
  kept: ReadonlyMap<string, string>,
  run: (stack: ComposeStack) => Promise<T>
): Promise<T> {
  if (kept.size === 0) return await run(stack);
  const folder = await mkdtemp(path.join(tmpdir(), 'constellation-images-'));
  try {
    const keptFile = path.join(folder, 'kept-images.yml');
    await writeFile(keptFile, keptImagesText(kept), { mode: 0o600 });
    return await run({ ...stack, keptFile });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * That services are made anew, and which of them keep the image that they run
 * although its name means another one by now; null: none is made anew. Pure.
 *
 * @param how such as `without the overlay`; empty: as they are
 */
export function anewText(
  services: readonly string[],
  kept: readonly string[],
  how = ''
): string | null {
  if (services.length === 0) return null;
  const names = services.join(' and ');
  const anew = `make ${names} anew${how === '' ? '' : ` ${how}`}`;
  if (kept.length === 0) return anew;
  const keep = kept.length === 1 ? 'keeps' : 'keep';
  return `${anew} (${kept.join(' and ')} ${keep} the image: another was pulled or built since)`;
}

/** The compose file. Pure. */
export function keptImagesText(kept: ReadonlyMap<string, string>): string {
  const services = Object.fromEntries(
    [...kept].map(([service, image]) => [service, { image }])
  );
  return stringify({ services });
}
