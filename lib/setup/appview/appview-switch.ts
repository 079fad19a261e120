import type { UndoStack } from '../../cli/index.js';
import type { RecordedFile } from '../recorded-file.js';

/** An AppView that is to ask the index. */
export interface AppViewTarget {
  /** Its folder, absolute. */
  readonly folder: string;
  /** The index as it is asked from this machine. */
  readonly indexUrl: string;
  /** The index as the AppView sees it, where somebody said so. */
  readonly givenUrl: string | null;
  readonly cacheTtlSeconds: number;
  readonly timeoutMs: number;
  /** The index began with this run: what was said of another is not true. */
  readonly isNewIndex: boolean;
}

/** What connecting would change. */
export interface AppViewPlan {
  readonly needed: boolean;
  /** A sentence for people. */
  readonly text: string;
  /** A unified diff, secrets hidden; empty where no file changes. */
  readonly diff: string;
  /** Whether a running AppView asks the index as soon as it is connected. */
  readonly isImmediate: boolean;
}

/** What connecting changed. */
export interface AppViewConnection {
  /** Null: everything was as wished. */
  readonly env: RecordedFile | null;
  /** What was made anew for it had not asked the index; none: all did. */
  readonly switched: readonly string[];
  /** The keys that were changed. */
  readonly keys: readonly string[];
  /** The index as the AppView sees it. */
  readonly url: string;
  /** What somebody should look at. */
  readonly warnings: readonly string[];
  /** What the AppView's operator has to do now; null: nothing. */
  readonly next: string | null;
}

/** Makes an AppView ask the index; one for each runtime. */
export interface AppViewSwitch {
  /**
   * What connecting would change. Nothing is changed.
   *
   * @throws UsageError where the folder is none; EnvError for a file that is
   *   better not touched
   */
  plan(target: AppViewTarget): Promise<AppViewPlan>;

  /** Connects it; what that changes can be undone. @throws as {@link plan} */
  connect(
    target: AppViewTarget,
    undo: UndoStack,
    signal: AbortSignal
  ): Promise<AppViewConnection>;
}
