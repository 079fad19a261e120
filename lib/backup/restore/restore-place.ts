import type { BackupManifest } from '../manifest/manifest.js';
import type { Workplace } from '../workplace.js';
import type { RestoreGap } from './restore-checks.js';

/** What was done, and how it is taken back. */
export interface DataSwap {
  /** Where the old data is now; null: there was none. */
  readonly keptPath: string | null;
  readonly undo: () => Promise<void>;
}

/** How an index goes on that was started on restored data. */
export interface Settled {
  /** Whether it has read on from the backup's cursor. */
  readonly resumed: boolean;
  readonly gap: RestoreGap | null;
  /** Since when nothing is missing, ISO 8601; null: not known. */
  readonly completeSince: string | null;
}

/** How long and until when is waited. */
export interface SettleOptions {
  /** Where the index answers. */
  readonly api: string;
  /** For the index to serve what was restored (ms). */
  readonly serveMs: number;
  /** For the first event after the backup's (ms). */
  readonly resumeMs: number;
  readonly signal: AbortSignal;
}

/** Where an index keeps its data, and how restored data gets there. */
export interface RestorePlace {
  /** Where a backup is unpacked first, on the disk of the data. */
  readonly fresh: Workplace;

  /** Clears what killed restores have left. For the holder of the locks. */
  prepare(): Promise<void>;

  /**
   * Puts what was unpacked in the place of the present data, which is kept.
   * The index does not run. At every moment the data is the old or the new.
   */
  swap(): Promise<DataSwap>;

  /** Waits until the index that was started serves it, and reads on. */
  settle(manifest: BackupManifest, options: SettleOptions): Promise<Settled>;

  /** Writes down how it goes on, once nothing is taken back any more. */
  accept(settled: Settled): Promise<void>;
}
