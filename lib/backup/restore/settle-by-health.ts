import {
  HealthError,
  readHealth,
  waitFor,
  type HealthDocument,
  type Probe,
} from '../../health/index.js';
import { deathOf, type Runtime } from '../../runtime/index.js';
import type { BackupManifest } from '../manifest/manifest.js';
import { gapAfter } from './restore-checks.js';
import type { Settled, SettleOptions } from './restore-place.js';

/**
 * Waits until an embedded index serves what was restored and reads on, by its
 * `/health`, which says itself since when nothing is missing.
 *
 * @throws HealthError where it does not; the signal's reason
 */
export async function settleByHealth(
  manifest: BackupManifest,
  runtime: Runtime,
  { api, serveMs, resumeMs, signal }: SettleOptions
): Promise<Settled> {
  const cursorUs = manifest.index.cursorUs ?? 0;
  const { value: held } = await waitFor(cursorProbe(api, cursorUs), {
    deadlineMs: serveMs,
    signal,
    isDead: () => deathOf(runtime),
  });
  const moved = await untilResumed(api, cursorUs, resumeMs, signal);
  const completeSince = (moved ?? held).completeSince;
  const gap = gapAfter(manifest, completeSince);
  return { resumed: moved !== null, gap, completeSince };
}

/** Whether an index has what was read up to a cursor (µs since 1970). */
function cursorProbe(api: string, cursorUs: number): Probe<HealthDocument> {
  return {
    name: 'fresh',
    target: `${api}/health`,
    read: (signal) => readHealth(api, signal),
    judge: (readings) => {
      const seenUs = readings.at(-1)?.value.cursorUs ?? 0;
      return {
        state: seenUs >= cursorUs ? 'pass' : 'wait',
        detail: `its cursor is ${seenUs}, that of the backup ${cursorUs}`,
      };
    },
  };
}

/**
 * Waits for the first event after the backup's cursor, for a while.
 *
 * @returns null when none has come
 */
async function untilResumed(
  api: string,
  cursorUs: number,
  limitMs: number,
  signal: AbortSignal
): Promise<HealthDocument | null> {
  try {
    const probe = cursorProbe(api, cursorUs + 1);
    const waited = await waitFor(probe, { deadlineMs: limitMs, signal });
    return waited.value;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HealthError && error.code === 'DEADLINE') return null;
    throw error;
  }
}
