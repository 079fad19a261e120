/** The bridge's container, brought up. */

import { BRIDGE_SERVICE } from '../../compose/index.js';
import { aliveProbe, waitFor, type Death } from '../../health/index.js';
import type { RuntimeActionOptions } from '../runtime.js';
import type { ComposeProgram } from './compose-program.js';
import { composeUp } from './compose-up.js';
import { containerLog } from './container-output.js';
import { bridgeUrl } from './container-urls.js';
import { findContainers } from './container.js';
import type { DockerRecord } from './docker-record.js';
import type { Engine } from './engine.js';

/** What a bridge is made with. */
export interface BridgeTools extends RuntimeActionOptions {
  readonly engine: Engine;
  readonly compose: () => Promise<ComposeProgram>;
}

/** Node starts within a second or two; a busy machine takes longer (ms). */
const LISTEN_MS = 60_000;
const LAST_LINES = 15;

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
  await composeUp(await compose(), stack, {
    engine,
    view: 'with-overlay',
    services: [BRIDGE_SERVICE],
    flags: ['--no-deps'],
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
