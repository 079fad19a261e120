import type { EnvRestoration } from '../env/index.js';
import type { Runtime, RuntimeStatus } from '../runtime/runtime.js';
import type { StateFolder } from '../runtime/state-folder.js';
import {
  assertNotInUse,
  findConfig,
  findData,
  type Remains,
} from './remains.js';
import {
  matchAppView,
  restoreAppView,
  type AppViewMatch,
} from './restore-appview.js';
import { readSetupRecord, type SetupRecord } from '../setup/setup-record.js';

/** What was asked for. */
export interface TeardownWish {
  /** The AppView whose `.env` is put back; undefined: leave it. */
  readonly appview: string | undefined;
  readonly config: boolean;
  readonly data: boolean;
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
  readonly restoration: EnvRestoration | null;
  /** What goes, as asked for. */
  readonly remove: readonly Remains[];
  /** Data that is there and stays. */
  readonly stays: readonly Remains[];
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
  const appview =
    wish.appview === undefined
      ? null
      : await matchAppView(wish.appview, record);
  return {
    status,
    record,
    stops: needsStop(status),
    appview,
    restoration:
      appview?.state === 'ours'
        ? await restoreAppView(appview.appview, true)
        : null,
    remove,
    stays: wish.data ? [] : data,
  };
}

/** Whether there is nothing to do at all. Pure. */
export function isIdle(plan: TeardownPlan): boolean {
  return (
    !plan.stops && plan.remove.length === 0 && plan.appview?.state !== 'ours'
  );
}

/** The state after which a stop has nothing to do. */
function needsStop({ state, parts }: RuntimeStatus): boolean {
  if (state === 'absent' || state === 'stopped') return false;
  // A simulator may have outlived its index.
  if (state === 'failed') return parts.some((part) => part.state === 'up');
  return true;
}
