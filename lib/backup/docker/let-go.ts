import { inspectContainer } from '../../runtime/docker/container.js';
import {
  askEngine,
  openEngine,
  type Engine,
} from '../../runtime/docker/engine.js';
import { clearHeld, readAbandoned, type Hold } from './held-record.js';

/** Thawing waits for nothing, a start for the engine (ms). */
const LET_GO_MS = 60_000;

/**
 * Lets a container go on.
 *
 * @returns whether there was something to do
 */
export async function letGo(
  engine: Engine,
  id: string,
  hold: Hold
): Promise<boolean> {
  const status = (await inspectContainer(engine, id))?.status;
  if (hold === 'paused') {
    if (status !== 'paused') return false;
    await askEngine(
      engine,
      (docker) => docker.getContainer(id).unpause(),
      LET_GO_MS
    );
    return true;
  }
  if (status !== 'exited') return false;
  await askEngine(
    engine,
    (docker) => docker.getContainer(id).start(),
    LET_GO_MS
  );
  return true;
}

/**
 * Lets go what a killed backup has held up.
 *
 * @param file `held.json`
 * @returns what was done, for people; null: nothing was held up
 */
export async function mendHeld(file: string): Promise<string | null> {
  const held = await readAbandoned(file);
  if (held === null) return null;
  const { containerId, hold } = held;
  const done = await letGo(openEngine(), containerId, hold);
  await clearHeld(file);
  return done
    ? `container ${containerId.slice(0, 12)} was ${hold} by a backup that was killed; it goes on`
    : null;
}
