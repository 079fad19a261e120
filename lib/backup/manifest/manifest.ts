import type { RuntimeKind } from '../../runtime/index.js';
import type { Compression } from '../archive/compression.js';

/** Version of the layout of a backup that this code writes and reads. */
export const BACKUP_FORMAT = 1;

/** Name of the manifest in a backup's folder. */
export const MANIFEST_FILE = 'manifest.json';

/** Sums of all files in the form of sha256sum(1), the manifest's among them. */
export const SUMS_FILE = 'SHA256SUMS';

/** One file of a backup. */
export interface BackupFile {
  /** Name of the file it was, and is restored to. */
  readonly name: string;
  /** Name of the file in the backup. */
  readonly stored: string;
  readonly compression: Compression;
  /** Of the file as it was. */
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Of the file in the backup. */
  readonly storedBytes: number;
  readonly storedSha256: string;
}

/** How much links to one place; recounted when the backup is opened. */
export interface Sentinel {
  readonly target: string;
  readonly collection: string;
  /** With its leading dot. */
  readonly path: string;
  readonly records: number;
  readonly dids: number;
}

/** How much an index holds. */
export interface Totals {
  readonly dids: number;
  readonly targetables: number;
  readonly linkingRecords: number;
}

/** What the index knew of itself at the moment of the snapshot. */
export interface IndexFacts extends Totals {
  /** `time_us` of the newest event in it, µs since 1970; null: none yet. */
  readonly cursorUs: number | null;
  /** The stream the cursor is of. */
  readonly endpoint: string | null;
  /** When the index began, ISO 8601. */
  readonly startedAt: string | null;
  /** Since when nothing is missing, ISO 8601. */
  readonly completeSince: string | null;
  /**
   * Of a server whose totals are told by its API alone: the same after the
   * snapshot, which lies between the two.
   */
  readonly totalsAfter?: Totals;
}

/** What wrote the data. */
export interface ServerFacts {
  /** Null: an image that does not say. Its totals are estimates, as those of the real server are. */
  readonly kind: 'constellation' | 'embedded' | null;
  readonly version: string | null;
  /** Docker: name of the image. */
  readonly image: string | null;
  /** Docker: id of the image, `sha256:…`. */
  readonly imageDigest: string | null;
  /** Embedded: format of the data folder. */
  readonly storeFormat: number | null;
}

/** How a consistent state was got hold of. */
export type SnapshotMethod = 'hot-copy' | 'freeze' | 'stop';

/** The content of `manifest.json`. */
export interface BackupManifest {
  readonly formatVersion: typeof BACKUP_FORMAT;
  /** Name of the backup's folder. */
  readonly id: string;
  /** When it was begun, ISO 8601. */
  readonly createdAt: string;
  /** Version of Constellation Local that made it. */
  readonly madeBy: string;
  readonly runtime: RuntimeKind;
  readonly server: ServerFacts;
  /** Invented data. */
  readonly sample: boolean;
  readonly snapshot: {
    readonly method: SnapshotMethod;
    /** How long the API did not answer (ms). */
    readonly pauseMs: number;
  };
  readonly index: IndexFacts;
  readonly sentinels: readonly Sentinel[];
  /** What has to be known of it, for people. */
  readonly warnings: readonly string[];
  readonly files: readonly BackupFile[];
  /** The settings; null where there was no env file. */
  readonly envFile: {
    readonly stored: string;
    readonly sizeBytes: number;
    readonly sha256: string;
    /** Keys whose values were left out, because they are secrets. */
    readonly secretsLeftOut: readonly string[];
  } | null;
}

/**
 * What has to be known of a backup of such data: without counted places its
 * totals alone can be compared, and those of the real server are estimates. Pure.
 */
export function warningsOf({
  index,
  sentinels,
}: Pick<BackupManifest, 'index' | 'sentinels'>): readonly string[] {
  return sentinels.length === 0 && index.linkingRecords > 0
    ? [
        'no place was counted: neither its stream nor an earlier backup named one, so totals alone can be compared later',
      ]
    : [];
}

/** The text of `manifest.json`. */
export function manifestText(manifest: BackupManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The text of `SHA256SUMS`; `manifestSha256` is of {@link manifestText}. */
export function sumsText(
  manifest: BackupManifest,
  manifestSha256: string
): string {
  const { files, envFile } = manifest;
  const lines = files.map(
    ({ stored, storedSha256 }) => `${storedSha256}  ${stored}`
  );
  if (envFile !== null) lines.push(`${envFile.sha256}  ${envFile.stored}`);
  lines.push(`${manifestSha256}  ${MANIFEST_FILE}`);
  return `${lines.join('\n')}\n`;
}

/** How large a backup is in its folder, without manifest and sums (bytes). */
export function storedSize(manifest: BackupManifest): number {
  return manifest.files.reduce(
    (sum, { storedBytes }) => sum + storedBytes,
    manifest.envFile?.sizeBytes ?? 0
  );
}

/** How large its files are once unpacked (bytes). */
export function unpackedSize(manifest: BackupManifest): number {
  return manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
