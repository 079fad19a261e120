import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  deathOf,
  type Runtime,
  type RuntimeConfig,
} from '../../runtime/index.js';
import {
  HealthError,
  readHealth,
  waitFor,
  type HealthDocument,
  type Probe,
} from '../../health/index.js';
import { unpackBackup } from '../archive/unpack-backup.js';
import { BackupError } from '../backup-error.js';
import { swapData, type DataSwap } from '../embedded/data-swap.js';
import type { IndexOpener } from '../index-opener.js';
import { unpackedSize } from '../manifest/manifest.js';
import type { OnProgress } from '../progress.js';
import { assertSpace, explainFullDisk } from '../space-check.js';
import { checkSums } from '../verify/check-sums.js';
import { assertSameCounts } from '../verify/verify-backup.js';
import { sweepFresh } from './kept-data.js';
import { gapAfter, type RestoreGap } from './restore-checks.js';
import type { RestorePlan } from './restore-plan.js';
import { writeRestoreRecord, type RestoreRecord } from './restore-record.js';

/** The stages of a restore, in order. */
export const RESTORE_STAGES = [
  'unpack',
  'verify',
  'stop',
  'swap',
  'start',
  'health',
] as const;

/** One of them. */
export type RestoreStage = (typeof RESTORE_STAGES)[number];

/** What a restore is carried out with. */
export interface RestoreOptions {
  readonly runtime: Runtime;
  readonly opener: IndexOpener;
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

/** What a restore came to. */
export interface RestoreOutcome {
  readonly keptPath: string | null;
  /** Whether the index runs on the restored data. */
  readonly started: boolean;
  /** Whether it has read on from the backup's cursor. */
  readonly resumed: boolean;
  readonly gap: RestoreGap | null;
  /** What `/health` says; null where it was not started. */
  readonly completeSince: string | null;
}

/** How long starting the index may take, also on the way back (ms). */
const START_MS = 60_000;

/**
 * Restores a backup: unpacked beside the data, opened and compared there, and
 * only then swapped. When something fails or is interrupted, the old data is
 * put back, and served again if it was. For the holder of the locks of the
 * state folder and of the backups.
 *
 * @throws BackupError DAMAGED, MISMATCH, NO_SPACE, RESTORE_FAILED; LockedError,
 *   RuntimeError; the signal's reason
 */
export async function restoreBackup(
  plan: RestorePlan,
  options: RestoreOptions
): Promise<RestoreOutcome> {
  const { runtime, signal, now = () => new Date() } = options;
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
    swap = await swapData(plan.freshPath, plan.dataPath, plan.keptPath);
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
    await goBack(plan, swap, options);
    throw error;
  } finally {
    await rm(plan.freshPath, { recursive: true, force: true });
  }
}

const MORE_SPACE =
  'free some space, or restore to another disk with --data DIR';

async function unpackBeside(
  { backup, dataPath, freshPath }: RestorePlan,
  { opener, signal, onStage, onProgress = () => undefined }: RestoreOptions
): Promise<void> {
  onStage?.('unpack');
  const parent = path.dirname(dataPath);
  await mkdir(parent, { recursive: true });
  await sweepFresh(dataPath);
  await assertSpace(
    parent,
    unpackedSize(backup.manifest),
    'the restored index beside the present one',
    MORE_SPACE
  );
  try {
    await checkSums(backup, 'not-unpacked', signal, onProgress);
    await unpackBackup(backup, freshPath, signal, onProgress);
    onStage?.('verify');
    await assertSameCounts(freshPath, backup, opener, signal);
  } catch (error) {
    await rm(freshPath, { recursive: true, force: true });
    throw explainFullDisk(error, parent, MORE_SPACE);
  }
}

/** Starts the index on the restored data, if it is to run. */
async function serve(
  plan: RestorePlan,
  { keptPath }: DataSwap,
  { runtime, signal, resumeMs, onStage = () => undefined }: RestoreOptions
): Promise<RestoreOutcome> {
  const { backup, config } = plan;
  const notStarted = {
    keptPath,
    started: false,
    resumed: false,
    gap: null,
    completeSince: null,
  };
  if (!plan.startsAfter || config === null) return notStarted;
  onStage('start');
  const api = await start(runtime, config, signal);
  onStage('health');
  const cursorUs = backup.manifest.index.cursorUs ?? 0;
  const { value: held } = await waitFor(cursorProbe(api, cursorUs), {
    deadlineMs: START_MS,
    signal,
    isDead: () => deathOf(runtime),
  });
  const moved = await untilResumed(api, cursorUs, resumeMs, signal);
  const completeSince = (moved ?? held).completeSince;
  return {
    keptPath,
    started: true,
    resumed: moved !== null,
    gap: gapAfter(backup.manifest, completeSince),
    completeSince,
  };
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
