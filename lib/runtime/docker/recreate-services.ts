import { RuntimeError } from '../runtime-error.js';
import type { RuntimeActionOptions } from '../runtime.js';
import { pause } from '../pause.js';
import { composeUp } from './compose-up.js';
import { containerLog } from './container-output.js';
import { findContainers, type ContainerFacts } from './container.js';
import type { ComposeStack, StackView } from './compose-stack.js';
import { dependenciesStay } from './dependencies.js';
import type { DockerRuntime } from './docker-runtime.js';
import { halfMade } from './half-made.js';
import { imagesToKeep, withKeptImages } from './kept-images.js';

/** What is to be made anew. */
export interface RecreateOptions extends RuntimeActionOptions {
  readonly stack: ComposeStack;
  /** With our overlay, or as the AppView's own files have it. */
  readonly view: StackView;
  readonly services: readonly string[];
}

/** How long services may take until they are healthy (ms). */
const HEALTHY_MS = 120_000;
const POLL_MS = 500;
/** Without a health check: up for so long without a restart (ms). */
const SETTLED_MS = 3000;

/** Of some services those that run, each once however many containers it has. */
export async function runningServices(
  runtime: DockerRuntime,
  stack: ComposeStack,
  services: readonly string[]
): Promise<readonly string[]> {
  const running = await runningContainers(runtime, stack, services);
  return [...new Set(running.map(({ service }) => service))];
}

/** The containers of some services that run. */
export async function runningContainers(
  { engine }: DockerRuntime,
  { project }: ComposeStack,
  services: readonly string[]
): Promise<readonly ContainerFacts[]> {
  const found = await Promise.all(
    services.map((service) => findContainers(engine, project, service))
  );
  return found
    .flat()
    .filter(({ status }) => status === 'running' || status === 'restarting');
}

/**
 * Makes containers of services anew where their configuration has changed, and
 * waits until they are well. Nothing else of the project is touched, and they
 * keep the images that they run and the number of their containers.
 *
 * @returns those whose image has lost its name to another since they were made
 * @throws RuntimeError COMPOSE_FAILED; START_FAILED with the last log lines
 */
export async function recreateServices(
  runtime: DockerRuntime,
  { stack, view, services, ...options }: RecreateOptions
): Promise<readonly string[]> {
  if (services.length === 0) return [];
  const { signal, onProgress } = options;
  onProgress?.({
    phase: 'create',
    text: `making ${services.join(' and ')} anew`,
  });
  const stay = { stack, view, services, signal };
  const alone = (await dependenciesStay(runtime, stay)) ? [] : ['--no-deps'];
  const program = await runtime.compose(signal);
  const scales = await scalesOf(runtime, stack, services);
  const kept = await imagesToKeep(runtime.engine, stack.project, services);
  await withKeptImages(stack, kept, (withImages) =>
    composeUp(program, withImages, {
      engine: runtime.engine,
      view,
      services,
      flags: [...alone, ...scales],
      variables: {},
      signal,
    })
  );
  for (const service of services) {
    onProgress?.({
      phase: 'wait',
      text: `waiting until ${service} is healthy`,
    });
    await waitHealthy(runtime, stack, service, options);
  }
  return [...kept.keys()];
}

/**
 * Waits until all containers of a service are healthy.
 *
 * @throws RuntimeError START_FAILED with the last log lines
 */
export async function waitHealthy(
  runtime: DockerRuntime,
  { project }: ComposeStack,
  service: string,
  { signal, deadlineMs = HEALTHY_MS }: RuntimeActionOptions
): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    const found = await findContainers(runtime.engine, project, service);
    const nowMs = Date.now();
    const unwell = found.filter(
      (container) => conditionOfService(container, nowMs) !== 'well'
    );
    if (found.length > 0 && unwell.length === 0) return;
    const ill = unwell.find(
      (container) => conditionOfService(container, nowMs) === 'ill'
    );
    if (ill !== undefined || performance.now() > endMs) {
      throw await notWell(runtime, service, ill ?? unwell[0]);
    }
    await pause(POLL_MS, signal);
  }
}

/**
 * What keeps services at the number of containers that they have: a number
 * given once, to `docker compose up --scale`, stands in no file.
 */
async function scalesOf(
  { engine }: DockerRuntime,
  { project }: ComposeStack,
  services: readonly string[]
): Promise<readonly string[]> {
  const scales: string[] = [];
  for (const service of services) {
    const found = await findContainers(engine, project, service);
    const number = found.length - halfMade(found).length;
    if (number > 1) scales.push('--scale', `${service}=${number}`);
  }
  return scales;
}

/** Whether a container that was made anew is well. Pure. */
export function conditionOfService(
  container: ContainerFacts,
  nowMs: number
): 'well' | 'wait' | 'ill' {
  const { status, health, restartCount, startedAt } = container;
  if (status === 'exited' || status === 'dead') return 'ill';
  if (health !== null) {
    if (health.status === 'healthy') return 'well';
    return health.status === 'unhealthy' ? 'ill' : 'wait';
  }
  const upMs = nowMs - Date.parse(startedAt);
  return status === 'running' && restartCount === 0 && upMs >= SETTLED_MS
    ? 'well'
    : 'wait';
}

async function notWell(
  { engine }: DockerRuntime,
  service: string,
  container: ContainerFacts | undefined
): Promise<RuntimeError> {
  const lines =
    container === undefined ? [] : await containerLog(engine, container.id, 15);
  const said = container?.health?.history.at(-1) ?? '';
  const quotes = [...lines, said]
    .filter((line) => line !== '')
    .map((line) => `\n  | ${line.slice(0, 300)}`);
  const state = container?.health?.status ?? container?.status ?? 'gone';
  return new RuntimeError(
    `${service} is ${state}, not healthy:${quotes.join('')}`,
    {
      code: 'START_FAILED',
      suggestion: `look at its log: docker logs ${container?.name ?? service}`,
    }
  );
}
