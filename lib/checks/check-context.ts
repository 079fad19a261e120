import type { HealthDocument } from '../health/index.js';
import type {
  DataLocation,
  Runtime,
  RuntimeStatus,
} from '../runtime/runtime.js';
import type { GrowthRate } from '../setup/disk/growth.js';
import type { AppViewSubject } from './appview/appview-subject.js';
import type { CheckLimits } from './check-limits.js';
import type { IndexApi } from './index-api.js';
import type { RedisChoice } from './redis/redis-choice.js';
import type { TargetSearch } from './targets/target.js';

/** What the checks look at. A runtime joins by being a {@link Runtime}. */
export interface CheckContext {
  /** What runs the index; null where `--url` names one of somebody else. */
  readonly runtime: Runtime | null;
  /** How it is; asked once a run. Null without a runtime. */
  readonly status: () => Promise<RuntimeStatus | null>;
  /** The index that is asked. */
  readonly api: IndexApi;
  /** URLs under which an AppView may know this index. */
  readonly ownUrls: readonly string[];
  /**
   * The first `/health` of the run, for what does not change: folder, sample.
   * Null where the index does not answer or has none (the real server).
   */
  readonly identity: () => Promise<HealthDocument | null>;
  /** Targets that the index has; looked for once a run. */
  readonly targets: (signal: AbortSignal) => Promise<TargetSearch>;
  /** Null where none is configured. */
  readonly appview: AppViewSubject | null;
  /** Which Redis, or why none. Read when asked for. */
  readonly redis: () => Promise<RedisChoice>;
  /** Notes the size of the data, and says how fast it has grown. */
  readonly growth: (data: DataLocation) => Promise<GrowthRate>;
  readonly limits: CheckLimits;
  readonly clock: CheckClock;
}

/** A clock that tests can move. */
export interface CheckClock {
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** @throws the signal's reason */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}
