import { DockerRuntime } from '../runtime/docker/docker-runtime.js';
import type { Runtime, RuntimeStatus } from '../runtime/runtime.js';
import type { StateFolder } from '../runtime/state-folder.js';
import {
  findEngineRemains,
  type EngineRemains,
  type EngineWish,
} from './engine-remains.js';
import {
  assertNotInUse,
  findConfig,
  findData,
  findStrays,
  type Remains,
  type Stray,
} from './remains.js';
import { reasonToKeep } from './reason-to-keep.js';
import {
  matchAppView,
  restoreAppView,
  type AppViewMatch,
  type AppViewRestoration,
} from './restore-appview.js';
import { planSwitchBack } from './switch-back.js';
import { readSetupRecord, type SetupRecord } from '../setup/setup-record.js';

/** What was asked for. */
export interface TeardownWish {
  /** The AppView whose `.env` is put back; undefined: leave it. */
  readonly appview: string | undefined;
  readonly config: boolean;
  readonly data: boolean;
  /** On a Docker engine (default: nothing goes). */
  readonly engine?: EngineWish | undefined;
}

/** What would be done. */
export interface TeardownPlan {
  readonly status: RuntimeStatus;
  readonly record: SetupRecord | null;
  /** Whether something runs that has to be stopped. */
  readonly stops: boolean;
  /** Null where it was not asked for. */
  readonly appview: AppViewMatch | null;
  /** What restoring would change; null where there is nothing of ours. */
  readonly restoration: AppViewRestoration | null;
  /** The AppView's services that are made anew, in words; null: none. */
  readonly switchBack: string | null;
  /** What goes, as asked for. */
  readonly remove: readonly Remains[];
  /** What goes from a Docker engine, in this order. */
  readonly engine: readonly EngineRemains[];
  /** Data that is there and stays. */
  readonly stays: readonly Remains[];
  /** The record of setup, where it goes too. */
  readonly removesRecord: boolean;
  /** Processes that have data of ours open and are not the one we started. */
  readonly strays: readonly Stray[];
}

/**
 * Looks at what there is. Nothing is changed.
 *
 * @throws RuntimeError STATE_DAMAGED, ILLEGAL_CHANGE where the index cannot be
 *   seen from here; LockedError where a foreign index has the data open
 */
export async function planTeardown(
  runtime: Runtime,
  folder: StateFolder,
  wish: TeardownWish
): Promise<TeardownPlan> {
  const status = await runtime.status();
  const record = await readSetupRecord(folder.setupRecord);
  const data = await findData(folder, record);
  const remove = [
    ...(wish.config ? await findConfig(folder, record) : []),
    ...(wish.data ? data : []),
  ];
  const ownPids = status.parts.map(({ id }) => id);
  await assertNotInUse(remove, ownPids);
  const isDocker = runtime instanceof DockerRuntime;
  // Its containers would ask an index that is gone.
  const folderOfAppView =
    wish.appview ?? (isDocker ? record?.appview?.folder : undefined);
  const appview =
    folderOfAppView === undefined
      ? null
      : await matchAppView(folderOfAppView, record);
  const after =
    record === null
      ? null
      : {
          ...record,
          appview: appview?.state === 'ours' ? null : record.appview,
          data: wish.data ? [] : record.data,
        };
  return {
    status,
    record,
    stops: needsStop(status),
    appview,
    restoration:
      appview?.state === 'ours'
        ? await restoreAppView(appview.appview, true)
        : null,
    switchBack:
      isDocker && appview?.state === 'ours'
        ? await planSwitchBack(runtime)
        : null,
    remove,
    engine: isDocker
      ? await findEngineRemains(runtime, wish.engine ?? NOTHING)
      : [],
    stays: wish.data ? [] : data,
    removesRecord:
      wish.config && after !== null && reasonToKeep(after, folder) === null,
    strays: await findStrays(data, ownPids),
  };
}

const NOTHING: EngineWish = {
  containers: false,
  images: false,
  volumes: false,
};

/** Whether there is nothing to do at all. Pure. */
export function isIdle(plan: TeardownPlan): boolean {
  const { stops, remove, appview, removesRecord } = plan;
  const restores = appview?.state === 'ours';
  const removes = remove.length > 0 || plan.engine.length > 0;
  return !stops && !removes && !restores && !removesRecord;
}

/** The state after which a stop has nothing to do. */
function needsStop({ state, parts }: RuntimeStatus): boolean {
  if (state === 'absent' || state === 'stopped') return false;
  // A simulator may have outlived its index.
  if (state === 'failed') return parts.some((part) => part.state === 'up');
  return true;
}
