import type { RuntimeKind } from '../runtime/index.js';

/** An index that serves a folder as it is, for a look at it. */
export interface OpenedIndex {
  /** Where it answers, on this machine alone. */
  readonly api: string;
  /**
   * What an error says where the index has ended meanwhile; while it runs, the
   * error itself.
   */
  readonly explain: (error: unknown) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** Starts an index on data that nothing else has open; one a runtime. */
export interface IndexOpener {
  readonly runtime: RuntimeKind;

  /**
   * Serves a folder without a stream, until closed. Ends with this process.
   *
   * @throws BackupError MISMATCH where it does not open; the signal's reason
   */
  open(folder: string, signal: AbortSignal): Promise<OpenedIndex>;
}
