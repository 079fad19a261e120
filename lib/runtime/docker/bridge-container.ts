/** The bridge's container: its image had, brought up, removed. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { BRIDGE_SERVICE } from '../../compose/index.js';
import { aliveProbe, waitFor, type Death } from '../../health/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { RuntimeActionOptions } from '../runtime.js';
import { PROJECT_FOLDER } from '../state-folder.js';
import { isBuiltBridge } from './bridge-plan.js';
import type { ComposeProgram } from './compose-program.js';
import { containerLog } from './container-output.js';
import { bridgeUrl } from './container-urls.js';
import { findContainers } from './container.js';
import type { DockerRecord } from './docker-record.js';
import type { Engine } from './engine.js';
import { findImage } from './image.js';
import { runCompose } from './run-compose.js';

/** What a bridge is made with. */
export interface BridgeTools extends RuntimeActionOptions {
  readonly engine: Engine;
  readonly compose: () => Promise<ComposeProgram>;
}

/** One COPY, once the base image is there (ms). */
const BUILD_MS = 1800_000;
/** Node starts within a second or two; a busy machine takes longer (ms). */
const LISTEN_MS = 60_000;
const LAST_LINES = 15;

/** What goes into the image. */
const PROGRAM = path.join(
  PROJECT_FOLDER,
  'microcosm-bridge/constellation-client/dist/bridge.mjs'
);

/**
 * Builds or pulls the bridge's image where the engine has none of that name.
 *
 * @throws RuntimeError BUILD_FAILED; the signal's reason
 */
export async function provideBridgeImage(
  image: string,
  { stack, variables }: Pick<DockerRecord, 'stack' | 'variables'>,
  { engine, compose, signal, onProgress }: BridgeTools
): Promise<void> {
  if ((await findImage(engine, image)) !== null) return;
  const isBuilt = isBuiltBridge(image);
  if (isBuilt && !existsSync(PROGRAM)) {
    throw new RuntimeError(`there is no ${PROGRAM} for the bridge's image`, {
      code: 'BUILD_FAILED',
      suggestion: 'make it: npm run bundle:bridge; or go without: --no-bridge',
    });
  }
  onProgress?.({
    phase: isBuilt ? 'build' : 'create',
    text: isBuilt ? `building ${image}` : `pulling ${image}`,
  });
  try {
    await runCompose(await compose(), stack, {
      view: 'with-overlay',
      args: [isBuilt ? 'build' : 'pull', BRIDGE_SERVICE],
      variables: { ...variables, BUILDKIT_PROGRESS: 'plain' },
      signal,
      deadlineMs: BUILD_MS,
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new RuntimeError(`the bridge's image ${image} is not to be had`, {
      code: 'BUILD_FAILED',
      cause,
      suggestion: 'mend what it says; or go without a bridge: --no-bridge',
    });
  }
}

/**
 * Makes the bridge's container as a record says, where it is another one, and
 * waits until it answers. The index is not touched.
 *
 * @throws RuntimeError COMPOSE_FAILED; HealthError DEADLINE, DIED with its last
 *   log lines; the signal's reason
 */
export async function bringUpBridge(
  { stack, variables, since }: DockerRecord,
  { engine, compose, signal, onProgress, deadlineMs }: BridgeTools
): Promise<void> {
  onProgress?.({
    phase: 'start',
    text: `starting container ${BRIDGE_SERVICE}`,
  });
  await runCompose(await compose(), stack, {
    view: 'with-overlay',
    args: ['up', '-d', '--no-deps', '--no-build', BRIDGE_SERVICE],
    // What was noted, not what an earlier start was told.
    variables: { ...variables, CONSTELLATION_LOCAL_SINCE: since ?? '' },
    signal,
  });
  const { project } = stack;
  const [container] = await findContainers(engine, project, BRIDGE_SERVICE);
  const url = container === undefined ? null : bridgeUrl(container);
  onProgress?.({ phase: 'wait', text: 'waiting until the bridge answers' });
  await waitFor(aliveProbe(url ?? ''), {
    deadlineMs: deadlineMs ?? LISTEN_MS,
    signal,
    isDead: () => deathOfBridge(engine, project),
  });
}

/** @returns null while it runs */
async function deathOfBridge(
  engine: Engine,
  project: string
): Promise<Death | null> {
  const [container] = await findContainers(engine, project, BRIDGE_SERVICE);
  if (container === undefined) {
    return { message: 'the container of the bridge is gone', lastLines: [] };
  }
  const { id, name, status, exitCode } = container;
  if (status === 'running') return null;
  const lastLines = await containerLog(engine, id, LAST_LINES);
  const code = exitCode === 0 ? '' : ` (exit code ${exitCode})`;
  return {
    message: `the bridge in container ${name} ended${code}`,
    lastLines,
  };
}
