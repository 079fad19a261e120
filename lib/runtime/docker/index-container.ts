/** The containers of the index and its bridge: found, stopped, taken back. */

import { BRIDGE_SERVICE, INDEX_SERVICE } from '../../compose/index.js';
import type { StopOptions } from '../runtime.js';
import { findContainers, type ContainerFacts } from './container.js';
import { judgeContainer, type ContainerVerdict } from './describe-container.js';
import type { DockerRecord } from './docker-record.js';
import { askEngine, type Engine } from './engine.js';
import { halfMade } from './half-made.js';

/** The store is closed cleanly within it (`stop_grace_period`; s). */
const STOP_S = 90;
/** A bridge gives the answers that are under way, and ends (ms). */
export const BRIDGE_STOP_MS = 15_000;
/** What has just begun closes sooner (s). */
const TAKE_BACK_S = 10;
const TAKE_BACK_MS = 60_000;

/** What is on the engine of what was written down. */
export interface Sighting {
  readonly record: DockerRecord | null;
  readonly container: ContainerFacts | null;
  /** The bridge's; null: there is none. */
  readonly bridge: ContainerFacts | null;
  /** Of the index alone. */
  readonly verdict: ContainerVerdict;
}

/**
 * Looks for the container of a record.
 *
 * @param engine is opened only where there is a record
 */
export async function sightIndex(
  record: DockerRecord | null,
  engine: () => Engine
): Promise<Sighting> {
  if (record === null) {
    const verdict = judgeContainer(null, null);
    return { record, container: null, bridge: null, verdict };
  }
  const { stack, phase } = record;
  const only = async (service: string): Promise<ContainerFacts | null> => {
    const found = await findContainers(engine(), stack.project, service);
    const left = halfMade(found);
    return found.find((one) => !left.includes(one)) ?? null;
  };
  const [container, bridge] = await Promise.all([
    only(INDEX_SERVICE),
    only(BRIDGE_SERVICE),
  ]);
  const verdict = judgeContainer(container, phase);
  return { record, container, bridge, verdict };
}

/** Whether it has a process, or will have one by itself. */
export function isUp({ status }: ContainerFacts): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting';
}

/** Asks it to end, and waits until it has; after the deadline it is killed. */
export async function stopContainer(
  engine: Engine,
  { id, name, status }: ContainerFacts,
  { onProgress, deadlineMs = STOP_S * 1000 }: StopOptions
): Promise<void> {
  onProgress?.({ phase: 'stop', text: `stopping container ${name}` });
  const seconds = Math.max(1, Math.round(deadlineMs / 1000));
  // Paused, it could not hear the signal.
  if (status === 'paused') {
    await askEngine(engine, (docker) => docker.getContainer(id).unpause());
  }
  await askEngine(
    engine,
    (docker) => docker.getContainer(id).stop({ t: seconds }),
    (seconds + 30) * 1000
  );
}

/**
 * Puts back what a start that failed has begun. Data stays.
 *
 * @param before the container that was there before; null: there was none
 */
export async function takeBackContainer(
  engine: Engine,
  project: string,
  before: ContainerFacts | null,
  service: string = INDEX_SERVICE
): Promise<void> {
  for (const { id } of await findContainers(engine, project, service)) {
    await askEngine(
      engine,
      async (docker) => {
        const container = docker.getContainer(id);
        if (id === before?.id)
          await container.stop({ t: TAKE_BACK_S }).catch(() => undefined);
        else await container.remove({ force: true });
      },
      TAKE_BACK_MS
    );
  }
}
