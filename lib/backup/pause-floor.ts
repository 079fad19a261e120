import { stat } from 'node:fs/promises';
import { readHealth } from '../health/index.js';
import type { Runtime } from '../runtime/index.js';
import { NO_FLOOR, type DiskFloor } from './space-check.js';

/**
 * Room below which the embedded index that runs, in either runtime, pauses. One
 * that does not answer takes nothing in that could be paused.
 *
 * @throws the signal's reason
 */
export async function pauseFloor(
  runtime: Runtime,
  signal: AbortSignal
): Promise<DiskFloor> {
  const api = (await runtime.urls())?.api;
  if (api === undefined) return NO_FLOOR;
  try {
    const { minFreeBytes } = await readHealth(api, signal);
    return {
      bytes: minFreeBytes ?? 0,
      meaning: 'below which the running index pauses (--min-free-mib)',
    };
  } catch {
    signal.throwIfAborted();
    return NO_FLOOR; // the real server has no /health
  }
}

/** The same where a folder is on the disk of the data, nothing elsewhere. */
export async function pauseFloorAt(
  folder: string,
  runtime: Runtime,
  signal: AbortSignal
): Promise<DiskFloor> {
  const { name } = await runtime.data();
  const [here, there] = await Promise.all([deviceOf(folder), deviceOf(name)]);
  if (here === null || here !== there) return NO_FLOOR;
  return await pauseFloor(runtime, signal);
}

async function deviceOf(folder: string): Promise<number | null> {
  return await stat(folder).then(
    ({ dev }) => dev,
    () => null
  );
}
