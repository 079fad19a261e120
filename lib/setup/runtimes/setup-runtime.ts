import type {
  BridgeRedis,
  EmbeddedPrograms,
} from '../../runtime/embedded/embedded-command.js';
import type {
  Runtime,
  RuntimeConfig,
  RuntimeKind,
} from '../../runtime/runtime.js';
import type { StackWish } from '../../runtime/docker/appview-stack.js';
import type { StateFolder } from '../../runtime/state-folder.js';
import type { AppViewSwitch } from '../appview/appview-switch.js';
import type { Prerequisite } from '../prerequisites/prerequisite.js';

/** A place for data, as it was found. */
export interface FoundData {
  /** For people and for the record: an absolute path, or a volume's name. */
  readonly name: string;
  /** Whether there is an index in it already. */
  readonly exists: boolean;
  /** Null where there is none, or it cannot be known. */
  readonly sizeBytes: number | null;
  readonly freeBytes: number | null;
  /** What is used and what is free on that disk; null: not known. */
  readonly diskBytes: number | null;
}

/** How fresh the index is. */
export interface FoundHealth {
  /** In a word: `current`, `catching-up`, `starting`, … */
  readonly verdict: string;
  /** A sentence for people. */
  readonly detail: string;
  readonly newestEventAgeMs: number | null;
  readonly eventsTotal: number | null;
  readonly sample: boolean;
}

/** How something is waited for. */
export interface WaitLimits {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Told what each try came to. */
  readonly onTry: (detail: string) => void;
}

/** What setup needs of a runtime besides `Runtime` itself. */
export interface SetupRuntime {
  readonly runtime: Runtime;

  /** Where its API will be asked from this machine. */
  apiUrl(config: RuntimeConfig): string;

  /**
   * Looks at the place its data would be. Nothing is changed.
   *
   * @param dataPath null: its own place
   * @throws StoreError, LockedError, or SetupError with what is wrong with it
   */
  findData(dataPath: string | null, sample: boolean): Promise<FoundData>;

  /** @throws HealthError DEADLINE, DIED */
  waitUntilReady(url: string, limits: WaitLimits): Promise<void>;

  /**
   * Waits until events are being indexed.
   *
   * @throws HealthError DEADLINE, DIED, HOPELESS
   */
  waitUntilFresh(
    url: string,
    sample: boolean,
    limits: WaitLimits
  ): Promise<FoundHealth>;

  /** As it is right now. @throws HealthError */
  health(url: string, signal: AbortSignal): Promise<FoundHealth>;

  /** How an AppView is made to ask it. */
  readonly appview: AppViewSwitch;

  /**
   * The bridge that the AppView's stack has already, beside which none is
   * started; null: it has none (default: it cannot have one).
   */
  readonly ownBridge?: (() => Promise<string | null>) | undefined;

  /** What the operator of the AppView's stack should know beforehand. */
  readonly notices?: (() => Promise<readonly string[]>) | undefined;

  /** It may reach streams that this machine does not (default false). */
  readonly hasOwnNetwork?: boolean | undefined;

  /** What was asked for and a plain setup does not do, with the way to it. */
  readonly notDone?: (() => Promise<string | null>) | undefined;

  /** How many streams it takes (default: any number). */
  readonly maxStreams?: number | undefined;
}

/** What a runtime is opened with. */
export interface SetupRuntimeOptions {
  readonly folder: StateFolder;
  /** The stack of containers it joins; Docker only. */
  readonly stack: StackWish;
  /** The environment file of this project. */
  readonly settingsFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the bridge; null: none. */
  readonly redis: BridgeRedis | null;
  /** Other programs than the real ones, for tests. */
  readonly programs?: EmbeddedPrograms | undefined;
}

/** A kind of runtime that setup knows. */
export interface SetupRuntimeKind {
  readonly kind: RuntimeKind;
  /** In words: `the embedded index`. */
  readonly title: string;
  /** Whether it can be fed with the bundled sample. */
  readonly takesSample: boolean;
  /** What it needs; where one fails, `auto` passes it over. */
  readonly prerequisites: readonly Prerequisite[];
  readonly open: (options: SetupRuntimeOptions) => SetupRuntime;
}
