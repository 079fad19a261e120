import type { ReadBackup } from './backup-folder.js';
import type { OpenedIndex } from './index-opener.js';
import type { OnProgress } from './progress.js';

/** Where a backup is unpacked and looked at, apart from the running index. */
export interface Workplace {
  /**
   * Unpacks a backup there, comparing every sum; the space is checked before.
   *
   * @throws BackupError NO_SPACE, DAMAGED, NOT_SUPPORTED; the signal's reason
   */
  unpack(
    backup: ReadBackup,
    signal: AbortSignal,
    onProgress: OnProgress
  ): Promise<void>;

  /**
   * Serves what was unpacked, without a stream.
   *
   * @throws BackupError MISMATCH where it does not open; the signal's reason
   */
  open(signal: AbortSignal): Promise<OpenedIndex>;

  /** Removes all of it; does nothing where there is nothing. */
  remove(): Promise<void>;
}
