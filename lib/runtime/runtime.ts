import type { RuntimeState } from './runtime-state.js';

/** What can run the index. */
export type RuntimeKind = 'embedded' | 'docker';

/** How much is logged. */
export type RuntimeLogLevel = 'error' | 'warn' | 'info' | 'debug';

/** What an index runs with, whatever runs it. */
export interface RuntimeConfig {
  /** Address both ports listen on. */
  readonly bind: string;
  /** Of the API; 0 takes a free one (embedded only). */
  readonly port: number;
  /** Of the metrics; null: no metrics. */
  readonly metricsPort: number | null;
  /** Jetstream URLs or short names in order of preference; empty with `sample`. */
  readonly jetstream: readonly string[];
  /** Data folder; null: the runtime's own place (a named volume). */
  readonly dataPath: string | null;
  readonly logLevel: RuntimeLogLevel;
  /** Threads that answer the API; null: by the number of cores. */
  readonly workers: number | null;
  /** Links of records older than so many days are dropped; none: all are kept. */
  readonly retainDays?: number | null | undefined;
  /** Invented events from the simulator instead of the network's. */
  readonly sample: boolean;
  /** The bridge beside the index; left out or null: none. */
  readonly bridge?: BridgeConfig | null | undefined;
}

/** What a bridge runs with; the rest has its own defaults. */
export interface BridgeConfig {
  /** On the index's address; 0 takes a free one. */
  readonly port: number;
  /** How long an answer is fresh (s). */
  readonly ttlSeconds: number;
  /** How long an answer may take in all (ms). */
  readonly timeoutMs: number;
  /** The index behind the local one, or `off`; null: the public instance. */
  readonly fallbackUrl: string | null;
  /** How much it logs; left out or null: as much as the index. */
  readonly logLevel?: RuntimeLogLevel | null | undefined;
  /**
   * Where its Redis is, without user and password; the runtime that starts it
   * says so. Left out or null: none.
   */
  readonly redis?: string | null | undefined;
  /** Stands for the whole URL with what is secret in it; never the secret. */
  readonly redisSeal?: string | null | undefined;
}

/** One thing that would be done. */
export interface PlannedAction {
  readonly kind: 'build' | 'create' | 'start' | 'stop' | 'recreate';
  /** In words, such as `start the embedded index on 127.0.0.1:6789`. */
  readonly text: string;
}

/** What `start` would do. */
export interface RuntimePlan {
  /** `restart`: it runs with something else and has to be stopped first. */
  readonly change: 'none' | 'start' | 'restart';
  /** Why, for people: `port 6789 → 7000`. */
  readonly reasons: readonly string[];
  readonly actions: readonly PlannedAction[];
}

/** Something going on in `start` or `stop`. */
export interface RuntimeProgress {
  readonly phase: 'build' | 'create' | 'start' | 'wait' | 'stop';
  readonly text: string;
  /** How far, 0 to 1, where that can be known. */
  readonly fraction?: number | undefined;
  /** A step that has begun, worth a line where nothing is animated. */
  readonly line?: string | undefined;
}

/** How something is started or stopped. */
export interface RuntimeActionOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RuntimeProgress) => void) | undefined;
  /** How long it may take in all (ms). */
  readonly deadlineMs?: number | undefined;
}

/** How something is stopped. */
export interface StopOptions extends RuntimeActionOptions {
  /** After the deadline: SIGKILL. The store survives it (default false). */
  readonly force?: boolean | undefined;
}

/** A process or a container. */
export interface RuntimePart {
  /** `index`, `simulator`, `bridge`, or the name of a compose service. */
  readonly name: string;
  /** The pid or the container's id, for people. */
  readonly id: string;
  readonly state: 'up' | 'gone' | 'unknown';
  /** ISO 8601. */
  readonly startedAt: string;
  /** What else is known of it, for people: `healthy, 0 restarts`. */
  readonly note?: string | undefined;
}

/** Where it can be reached from this machine. */
export interface RuntimeUrls {
  readonly api: string;
  readonly metrics: string | null;
  /** Left out or null: there is no bridge. */
  readonly bridge?: string | null | undefined;
}

/** How it is right now. */
export interface RuntimeStatus {
  readonly kind: RuntimeKind;
  readonly state: RuntimeState;
  /** A sentence for people. */
  readonly detail: string;
  readonly parts: readonly RuntimePart[];
  /** Null before it was started. */
  readonly urls: RuntimeUrls | null;
  /** What it runs (or last ran) with; null before it was started. */
  readonly config: RuntimeConfig | null;
  /** Of our code or of the image; null when not known. */
  readonly version: string | null;
}

/** Where the index is kept. */
export interface DataLocation {
  readonly kind: 'folder' | 'volume';
  /** Path of the folder or name of the volume. */
  readonly name: string;
  readonly exists: boolean;
  readonly sizeBytes: number | null;
  /** Space left on that disk for this user. */
  readonly freeBytes: number | null;
  /** What is used and what is free on that disk; null: not known. */
  readonly diskBytes: number | null;
  readonly sample: boolean;
}

/** Which lines of the log. */
export interface LogOptions {
  /** The last so many (default 200). */
  readonly lines?: number | undefined;
  /** Only since it was started last (default false). */
  readonly sinceStart?: boolean | undefined;
}

/**
 * What setup, test and teardown need of whatever runs the index. Starting and
 * stopping are for the holder of the state folder's lock; everything else may
 * be asked at any time.
 */
export interface Runtime {
  readonly kind: RuntimeKind;

  /** What {@link start} would do. Nothing is done. */
  plan(config: RuntimeConfig): Promise<RuntimePlan>;

  /**
   * Starts it and returns once its API listens; what runs so already stays.
   * What was begun is taken back when this fails or is aborted.
   *
   * @throws RuntimeError PORT_IN_USE, START_FAILED (with the last log lines),
   *   ILLEGAL_CHANGE when it runs with another configuration; the signal's
   *   reason when aborted
   */
  start(
    config: RuntimeConfig,
    options?: RuntimeActionOptions
  ): Promise<RuntimeStatus>;

  /**
   * Stops it and returns once it is gone; does nothing when it does not run.
   *
   * @throws RuntimeError STOP_TIMEOUT, ILLEGAL_CHANGE where it cannot be seen
   */
  stop(options?: StopOptions): Promise<RuntimeStatus>;

  status(): Promise<RuntimeStatus>;

  /** The last lines of its log, oldest first. */
  logs(options?: LogOptions): Promise<readonly string[]>;

  /** Where its data is (with `config`: would be). */
  data(config?: RuntimeConfig): Promise<DataLocation>;

  /** Null when it was never started. */
  urls(): Promise<RuntimeUrls | null>;

  /**
   * Since when the index knows all that happened; null when that is not known
   * or it does not answer.
   */
  completeSince(signal?: AbortSignal): Promise<Date | null>;
}
