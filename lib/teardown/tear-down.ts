import { rm } from 'node:fs/promises';
import { isDiskFull } from '../runtime/disk-usage.js';
import { DockerRuntime } from '../runtime/docker/docker-runtime.js';
import type {
  Runtime,
  RuntimeActionOptions,
  RuntimeStatus,
} from '../runtime/runtime.js';
import type { StateFolder } from '../runtime/state-folder.js';
import { removeEngineRemains } from './engine-remains.js';
import { findConfig, findData, type Remains } from './remains.js';
import { reasonToKeep } from './reason-to-keep.js';
import { removeRemains } from './remove-remains.js';
import { restoreAppView, type AppViewRestoration } from './restore-appview.js';
import { writeSetupRecord, type SetupRecord } from '../setup/setup-record.js';
import { switchBack } from './switch-back.js';
import type { TeardownPlan, TeardownWish } from './teardown-plan.js';

/** How a teardown is carried out. */
export interface TearDownOptions extends RuntimeActionOptions {
  readonly signal: AbortSignal;
  /** Kill what does not stop in time. */
  readonly force: boolean;
  /** Told of each thing as it was done. */
  readonly onDone?: ((text: string) => void) | undefined;
}

/** What was done. */
export interface TeardownOutcome {
  readonly status: RuntimeStatus;
  readonly stopped: boolean;
  /** Null where nothing was to be restored. */
  readonly restoration: AppViewRestoration | null;
  readonly removed: readonly Remains[];
  /** Folders that stay, because something of somebody else is in them. */
  readonly kept: readonly string[];
  /** Why `setup.json` stays although `--config` was given; null: it does not. */
  readonly recordKept: string | null;
}

/**
 * Carries a plan out: stop, restore, remove. Each step leaves a state from
 * which the next run goes on, so an interruption needs no undoing. Only for
 * the holder of the state folder's lock.
 *
 * @throws RuntimeError STOP_TIMEOUT, EnvError; the signal's reason
 */
export async function tearDown(
  runtime: Runtime,
  folder: StateFolder,
  wish: TeardownWish,
  plan: TeardownPlan,
  options: TearDownOptions
): Promise<TeardownOutcome> {
  const { signal, force, onProgress, onDone = () => undefined } = options;
  const stop = async (): Promise<void> => {
    if (!plan.stops) return;
    await runtime.stop({ signal, force, onProgress });
    onDone('stopped the index');
  };
  // An AppView in containers leaves the index before that is gone.
  const isDocker = runtime instanceof DockerRuntime;
  if (!isDocker) await stop();
  let record = plan.record;
  const save = async (next: SetupRecord): Promise<void> => {
    record = next;
    try {
      await writeSetupRecord(folder.setupRecord, next);
    } catch (error) {
      // What it names is gone or put back already; the next run sees that.
      if (!isDiskFull(error)) throw error;
    }
  };
  let restoration: AppViewRestoration | null = null;
  if (plan.appview?.state === 'ours' && record !== null) {
    signal.throwIfAborted();
    restoration = await restoreAppView(plan.appview.appview, false);
    if (isDocker) await switchBack(runtime, { signal, onProgress });
    await save({ ...record, appview: null });
    onDone(`restored ${restoration.path}`);
  }
  if (isDocker) {
    await stop();
    for (const item of plan.engine) {
      signal.throwIfAborted();
      await removeEngineRemains(runtime, item);
      onDone(`removed ${item.kind} ${item.name}`);
    }
  }
  const removed: Remains[] = [];
  const kept: string[] = [];
  for (const item of await stillThere(folder, plan)) {
    kept.push(...(await removeRemains(item, signal)));
    removed.push(item);
    onDone(`removed ${item.title}: ${item.path}`);
    if (record === null) continue;
    if (item.level === 'data') {
      const data = record.data.filter((one) => one.path !== item.path);
      await save({ ...record, data });
    } else if (item.path === record.envFile?.path) {
      await save({ ...record, envFile: null });
    }
  }
  let recordKept: string | null = null;
  if (wish.config) {
    recordKept = record === null ? null : reasonToKeep(record, folder);
    if (recordKept === null) await rm(folder.setupRecord, { force: true });
  }
  return {
    status: await runtime.status(),
    stopped: plan.stops,
    restoration,
    removed,
    kept,
    recordKept,
  };
}

/** What was planned, as it is after the stop. */
async function stillThere(
  folder: StateFolder,
  plan: TeardownPlan
): Promise<readonly Remains[]> {
  const planned = new Set(plan.remove.map((item) => item.path));
  const now = [
    ...(await findConfig(folder, plan.record)),
    ...(await findData(folder, plan.record)),
  ];
  return now.filter((item) => planned.has(item.path));
}
