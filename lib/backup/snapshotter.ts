import type { Readable } from 'node:stream';
import type { RuntimeKind } from '../runtime/index.js';
import type {
  BackupManifest,
  IndexFacts,
  Sentinel,
  SnapshotMethod,
} from './manifest/manifest.js';

/** What taking a snapshot would mean. Nothing is done yet. */
export interface SnapshotPlan {
  readonly method: SnapshotMethod;
  /** What is done, for people; says so where the API will be away. */
  readonly text: string;
  /** Where the data is: a folder, or a volume. */
  readonly source: string;
  /** How large it is now (bytes). */
  readonly sizeBytes: number;
  /** What the snapshot may take where backups are, until it is packed (bytes). */
  readonly scratchBytes: number;
}

/** What is known of the data in a snapshot, read from the snapshot itself. */
export interface SnapshotFacts {
  readonly server: BackupManifest['server'];
  readonly sample: boolean;
  readonly index: IndexFacts;
  readonly sentinels: readonly Sentinel[];
}

/** A file of a snapshot, to be read once. */
export interface SnapshotFile {
  /** Its name in the data folder, without a path. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly content: Readable;
}

/** A consistent state of the data, apart from the running index. */
export interface Snapshot {
  /** How it was taken, which may be another way than was planned. */
  readonly method: SnapshotMethod;
  readonly facts: SnapshotFacts;
  /** How long the API did not answer (ms). */
  readonly pauseMs: number;
  /**
   * Hands over one file after the other; each may be gone once it was taken.
   * Once only.
   */
  readonly eachFile: (
    take: (file: SnapshotFile) => Promise<void>
  ) => Promise<void>;
  /** Removes what is left of it. */
  readonly release: () => Promise<void>;
}

/** How a snapshot is taken. */
export interface SnapshotOptions {
  readonly signal: AbortSignal;
  /** Told of bytes copied so far. */
  readonly onCopied?: ((bytes: number) => void) | undefined;
  /** Told what people have to know before it is done: the API will be away. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** Gets hold of a consistent state while the index runs; one a runtime. */
export interface Snapshotter {
  readonly runtime: RuntimeKind;

  /** @throws BackupError NOTHING_FOUND where there is no data */
  plan(): Promise<SnapshotPlan>;

  /**
   * Takes a snapshot into a new folder. Interrupted at any moment, the index
   * runs on as if nothing had been.
   *
   * @throws BackupError SNAPSHOT_FAILED; the signal's reason
   */
  take(folder: string, options: SnapshotOptions): Promise<Snapshot>;
}
