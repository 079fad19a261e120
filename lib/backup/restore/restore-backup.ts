import { rm } from 'node:fs/promises';
import {
  deathOf,
  type Runtime,
  type RuntimeConfig,
} from '../../runtime/index.js';
import { BackupError } from '../backup-error.js';
import type { OnProgress } from '../progress.js';
import { checkSums } from '../verify/check-sums.js';
import { assertSameCounts } from '../verify/verify-backup.js';
import type { RestorePlan } from './restore-plan.js';
import type { DataSwap, RestorePlace, Settled } from './restore-place.js';
import { writeRestoreRecord, type RestoreRecord } from './restore-record.js';
import { compareServed, type ServedCounts } from './served-counts.js';

/** The stages of a restore, in order. */
export const RESTORE_STAGES = [
  'unpack',
  'verify',
  'stop',
  'swap',
  'start',
  'health',
  'counts',
] as const;

/** One of them. */
export type RestoreStage = (typeof RESTORE_STAGES)[number];

/** What a restore is carried out with. */
export interface RestoreOptions {
  readonly runtime: Runtime;
  readonly place: RestorePlace;
  /** Where it is written down, absolute. */
  readonly recordFile: string;
  readonly signal: AbortSignal;
  /** How long the index may take to read on from the backup's cursor (ms). */
  readonly resumeMs: number;
  readonly now?: (() => Date) | undefined;
  readonly onStage?: ((stage: RestoreStage) => void) | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Told what is put back when it fails. */
  readonly onUndo?: ((text: string) => void) | undefined;
}

/** What a restore came to; of an index that was not started nothing is known. */
export interface RestoreOutcome extends Settled {
  readonly keptPath: string | null;
  /** Whether the index runs on the restored data. */
  readonly started: boolean;
  /** How the places of the backup count in it; null: it was not started. */
  readonly counts: ServedCounts | null;
}

/** How long starting the index may take, also on the way back (ms). */
const START_MS = 60_000;

/**
 * Restores a backup: unpacked beside the data, opened and compared there, and
 * only then swapped; the index that serves it is compared again. When something
 * fails or is interrupted, the old data is put back, and served again if it
 * was. For the holder of the locks of the
 * state folder and of the backups.
 *
 * @throws BackupError DAMAGED, MISMATCH, NO_SPACE, RESTORE_FAILED, NOT_UNDONE;
 *   LockedError, RuntimeError; the signal's reason
 */
export async function restoreBackup(
  plan: RestorePlan,
  options: RestoreOptions
): Promise<RestoreOutcome> {
  const { runtime, place, signal, now = () => new Date() } = options;
  const { onStage = () => undefined } = options;
  await unpackBeside(plan, options);
  const record: RestoreRecord = {
    phase: 'swapping',
    backupId: plan.backup.id,
    at: now().toISOString(),
    dataPath: plan.dataPath,
    keptPath: plan.present === null ? null : plan.keptPath,
    wasRunning: plan.startsAfter,
    gap: null,
  };
  let swap: DataSwap | null = null;
  try {
    signal.throwIfAborted();
    await writeRestoreRecord(options.recordFile, record);
    onStage('stop');
    if (plan.stops) await runtime.stop({ signal });
    onStage('swap');
    swap = await place.swap();
    await writeRestoreRecord(options.recordFile, {
      ...record,
      phase: 'starting',
    });
    signal.throwIfAborted();
    const outcome = await serve(plan, swap, options);
    const { gap } = outcome;
    await writeRestoreRecord(options.recordFile, {
      ...record,
      phase: 'done',
      gap,
    });
    return outcome;
  } catch (error) {
    await goBack(plan, swap, options).catch((undoError: unknown) => {
      throw notUndone(plan, error, undoError);
    });
    // What went wrong is worth more than what is left behind.
    await place.fresh.remove().catch(() => undefined);
    throw error;
  }
}

/** The record stays: the next run starts what was stopped. */
function notUndone(
  { keptPath, present, dataPath }: RestorePlan,
  error: unknown,
  undoError: unknown
): BackupError {
  const [first, second] = [error, undoError].map((one) =>
    one instanceof Error ? one.message : String(one)
  );
  const where =
    present === null
      ? `there was no data in ${dataPath} before`
      : `the data from before is in ${dataPath}, or whole in ${keptPath}`;
  return new BackupError(
    `the restore failed (${first}), and so did going back: ${second}; ${where}`,
    {
      code: 'NOT_UNDONE',
      cause: undoError,
      suggestion:
        'npx zx scripts/backup.ts status, which starts the index again, then restore anew',
    }
  );
}

async function unpackBeside(
  { backup }: RestorePlan,
  { place, signal, onStage, onProgress = () => undefined }: RestoreOptions
): Promise<void> {
  onStage?.('unpack');
  await place.prepare();
  try {
    await checkSums(backup, 'not-unpacked', signal, onProgress);
    await place.fresh.unpack(backup, signal, onProgress);
    onStage?.('verify');
    await assertSameCounts(place.fresh, backup, signal);
  } catch (error) {
    await place.fresh.remove().catch(() => undefined);
    throw error;
  }
}

/** Starts the index on the restored data, if it is to run. */
async function serve(
  plan: RestorePlan,
  { keptPath }: DataSwap,
  {
    runtime,
    place,
    signal,
    resumeMs,
    onStage = () => undefined,
  }: RestoreOptions
): Promise<RestoreOutcome> {
  const { backup, config } = plan;
  const notStarted = {
    keptPath,
    started: false,
    resumed: false,
    gap: null,
    completeSince: null,
    counts: null,
  };
  if (!plan.startsAfter || config === null) return notStarted;
  onStage('start');
  const api = await start(runtime, config, signal);
  onStage('health');
  const settled = await place.settle(backup.manifest, {
    api,
    serveMs: START_MS,
    resumeMs,
    signal,
  });
  onStage('counts');
  const counts = await compareServed(backup.manifest, {
    api,
    deadlineMs: START_MS,
    signal,
    isDead: () => deathOf(runtime),
  });
  await place.accept(settled);
  return { keptPath, started: true, ...settled, counts };
}

async function start(
  runtime: Runtime,
  config: RuntimeConfig,
  signal?: AbortSignal
): Promise<string> {
  const status = await runtime.start(config, { signal, deadlineMs: START_MS });
  const api = status.urls?.api;
  if (api !== undefined) return api;
  throw new BackupError('the index was started and names no address', {
    code: 'RESTORE_FAILED',
  });
}

/** Not stopped by another Ctrl-C: it is what an interruption asks for. */
async function goBack(
  { startsAfter, stops, config, dataPath }: RestorePlan,
  swap: DataSwap | null,
  { runtime, recordFile, onUndo = () => undefined }: RestoreOptions
): Promise<void> {
  const { state } = await runtime.status();
  const runsOn = state === 'running' || state === 'degraded';
  if (swap !== null) {
    if (stops || startsAfter) {
      await runtime.stop({ force: true, deadlineMs: START_MS });
    }
    await swap.undo();
    onUndo(`the old data is in ${dataPath} again`);
  }
  if (stops && config !== null && (swap !== null || !runsOn)) {
    await start(runtime, config);
    onUndo('the index serves the old data again');
  }
  await rm(recordFile, { force: true });
}
