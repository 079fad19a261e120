import type { RuntimePlan, RuntimeStatus } from '../runtime/runtime.js';
import type { AppViewConnection } from './appview/appview-switch.js';
import type { Measurement } from './jetstream/measure-endpoint.js';
import type { CheckedPrerequisite } from './prerequisites/prerequisite.js';
import type {
  FoundData,
  FoundHealth,
  SetupRuntime,
} from './runtimes/setup-runtime.js';

/** What the steps find out and do; each is there once its step has ended. */
export interface Findings {
  /** Of the machine, and of each runtime that may be chosen. */
  readonly prerequisites: readonly CheckedPrerequisite[];
  readonly runtime: SetupRuntime;
  /** Null: without a bridge. */
  readonly bridgePort: number | null;
  readonly data: FoundData;
  /** What the operator chose; null: the runtime's own place. */
  readonly dataPath: string | null;
  /** What the index is fed from; empty with sample data. */
  readonly jetstream: readonly string[];
  /** Empty where nothing was measured. */
  readonly measured: readonly Measurement[];
  /** The AppView's folder; null: none is connected. */
  readonly appviewFolder: string | null;
  /** What starting would do, as it was planned. */
  readonly runtimePlan: RuntimePlan;
  readonly status: RuntimeStatus;
  /** Null: it answers, but nothing has come from the stream yet. */
  readonly health: FoundHealth;
  /** Whether events are being indexed; else it answers and keeps trying. */
  readonly isFresh: boolean;
  /** Null: not known. */
  readonly completeSince: Date | null;
  /** Null: none was connected. */
  readonly connection: AppViewConnection | null;
}

/** Findings by name. Reading one before its step has run is a mistake. */
export class FindingsSoFar {
  readonly #found = new Map<keyof Findings, unknown>();

  set<K extends keyof Findings>(key: K, value: Findings[K]): void {
    this.#found.set(key, value);
  }

  /** @throws TypeError when its step has not run */
  get<K extends keyof Findings>(key: K): Findings[K] {
    if (!this.#found.has(key)) throw new TypeError(`${key} is not known yet`);
    return this.#found.get(key) as Findings[K]; // only set() puts it in
  }

  /** @returns undefined when its step has not run */
  find<K extends keyof Findings>(key: K): Findings[K] | undefined {
    return this.#found.get(key) as Findings[K] | undefined; // as above
  }
}
