import { INDEX_SERVICE } from '../compose/index.js';
import type { DockerRuntime } from '../runtime/docker/docker-runtime.js';
import { anewText, imagesToKeep } from '../runtime/docker/kept-images.js';
import {
  recreateServices,
  runningContainers,
  runningServices,
} from '../runtime/docker/recreate-services.js';
import { RuntimeError } from '../runtime/runtime-error.js';
import type { RuntimeActionOptions } from '../runtime/runtime.js';

/** What that would do, in words; null: nothing. Nothing is done. */
export async function planSwitchBack(
  runtime: DockerRuntime
): Promise<string | null> {
  const stack = await runtime.stack();
  if (stack.baseFiles.length === 0) return null;
  const services = await runningServices(runtime, stack, stack.switched);
  const kept = await imagesToKeep(runtime.engine, stack.project, services);
  return anewText(services, [...kept.keys()], 'without the overlay');
}

/**
 * Makes the AppView's services anew as its own files have them, and looks
 * whether they really ask another instance now. Its `.env` has to be back
 * already.
 *
 * @returns the services that were made anew
 * @throws RuntimeError START_FAILED, COMPOSE_FAILED
 */
export async function switchBack(
  runtime: DockerRuntime,
  options: RuntimeActionOptions
): Promise<readonly string[]> {
  const stack = await runtime.stack();
  if (stack.baseFiles.length === 0) return [];
  const services = await runningServices(runtime, stack, stack.switched);
  await recreateServices(runtime, {
    ...options,
    stack,
    view: 'base',
    services,
  });
  const now = await runningContainers(runtime, stack, stack.switched);
  const behind = now.filter(({ environment }) =>
    (environment['CONSTELLATION_URL'] ?? '').includes(`//${INDEX_SERVICE}:`)
  );
  if (behind.length === 0) return services;
  throw new RuntimeError(
    `${behind.map(({ name }) => name).join(' and ')} still asks the local index`,
    {
      code: 'START_FAILED',
      suggestion: `look where CONSTELLATION_URL comes from: ${stack.baseFiles.join(', ')}`,
    }
  );
}
