import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder, writeNew } from '../env/atomic-write.js';
import { projectVersion } from '../runtime/index.js';
import { BackupError } from './backup-error.js';
import type { Compression } from './archive/compression.js';
import { packFile } from './archive/stored-file.js';
import { makeBackupFolder, sweepUnfinished } from './backup-folder.js';
import { newBackupName, partialName } from './backup-name.js';
import type { EnvCopy } from './env-copy.js';
import {
  BACKUP_FORMAT,
  MANIFEST_FILE,
  manifestText,
  SUMS_FILE,
  sumsText,
  warningsOf,
  type BackupFile,
  type BackupManifest,
} from './manifest/manifest.js';
import { parseManifest } from './manifest/parse-manifest.js';
import { byteCounter, type OnProgress } from './progress.js';
import type { Snapshot, Snapshotter, SnapshotPlan } from './snapshotter.js';
import { assertSpace, explainFullDisk } from './space-check.js';

/** The stages of a backup, in order. */
export const CREATE_STAGES = [
  'check',
  'snapshot',
  'archive',
  'manifest',
  'publish',
] as const;

/** One of them. */
export type CreateStage = (typeof CREATE_STAGES)[number];

/** What a backup is made with. */
export interface CreateOptions {
  /** The folder backups are in, absolute; its lock is held. */
  readonly folder: string;
  readonly compression: Compression;
  /** The settings, without secrets; null: there are none. */
  readonly envCopy: EnvCopy | null;
  readonly signal: AbortSignal;
  readonly now?: (() => Date) | undefined;
  /** Told as a stage begins. */
  readonly onStage?: ((stage: CreateStage) => void) | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Told what people have to know before it is done. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** A backup that was made. */
export interface CreatedBackup {
  /** Its folder. */
  readonly path: string;
  readonly manifest: BackupManifest;
}

/** What the settings are called in a backup. */
const ENV_NAME = 'env.constellation-local';

const MORE_SPACE =
  'free some space, prune old backups, or use another disk with --backups DIR';

/** Most that compressing has left of an index, with room to spare. */
const ARCHIVE_SHARE = 0.7;

/** Space that a backup needs where backups are (bytes). Pure. */
export function spaceForBackup(
  { scratchBytes, sizeBytes }: SnapshotPlan,
  compression: Compression
): number {
  const share = compression === 'none' ? 1 : ARCHIVE_SHARE;
  return scratchBytes + Math.ceil(sizeBytes * share);
}

/**
 * Makes a backup. It is written into a folder of another name, and renamed when
 * all of it is on the disk: half a backup is never one. What was begun is
 * removed when this fails or is aborted; what a killed run left, by the next.
 *
 * @throws BackupError NOTHING_FOUND, NO_SPACE, SNAPSHOT_FAILED; what node:fs
 *   throws; the signal's reason
 */
export async function createBackup(
  snapshotter: Snapshotter,
  options: CreateOptions
): Promise<CreatedBackup> {
  const { folder, signal, now = () => new Date() } = options;
  const { onStage = () => undefined, onProgress = () => undefined } = options;
  onStage('check');
  const plan = await snapshotter.plan();
  await makeBackupFolder(folder);
  await sweepUnfinished(folder);
  await assertSpace(
    folder,
    spaceForBackup(plan, options.compression),
    'the snapshot and its archive',
    MORE_SPACE
  );
  const createdAt = now();
  const id = newBackupName(createdAt);
  const partial = path.join(folder, partialName(id));
  await mkdir(partial, { mode: 0o700 });
  let snapshot: Snapshot | null = null;
  try {
    onStage('snapshot');
    snapshot = await snapshotter.take(path.join(partial, 'snapshot'), {
      signal,
      onNotice: options.onNotice,
      onCopied: (doneBytes) => {
        const totalBytes = plan.sizeBytes;
        onProgress({ what: 'copying the index', doneBytes, totalBytes });
      },
    });
    onStage('archive');
    const files = await packAll(snapshot, partial, options);
    await snapshot.release();
    if (files.length === 0) {
      throw new BackupError(`there was no file in ${plan.source}`, {
        code: 'SNAPSHOT_FAILED',
        suggestion: 'npx zx scripts/test.ts says how the index is',
      });
    }
    onStage('manifest');
    const manifest: BackupManifest = {
      formatVersion: BACKUP_FORMAT,
      id,
      createdAt: createdAt.toISOString(),
      madeBy: projectVersion(),
      runtime: snapshotter.runtime,
      ...snapshot.facts,
      snapshot: { method: snapshot.method, pauseMs: snapshot.pauseMs },
      warnings: warningsOf(snapshot.facts),
      files,
      envFile: await writeEnvCopy(partial, options.envCopy),
    };
    await writeManifest(partial, manifest);
    signal.throwIfAborted();
    onStage('publish');
    await syncFolder(partial);
    const finished = path.join(folder, id);
    await rename(partial, finished);
    await syncFolder(folder);
    return { path: finished, manifest };
  } catch (error) {
    // What went wrong is worth more than what is left behind.
    await snapshot?.release().catch(() => undefined);
    await rm(partial, { recursive: true, force: true });
    signal.throwIfAborted(); // streams reject with an error of their own
    throw explainFullDisk(error, folder, MORE_SPACE);
  }
}

async function packAll(
  snapshot: Snapshot,
  partial: string,
  { compression, signal, onProgress = () => undefined }: CreateOptions
): Promise<readonly BackupFile[]> {
  const files: BackupFile[] = [];
  await snapshot.eachFile(async (file) => {
    const { name, sizeBytes } = file;
    const onBytes = byteCounter(`compressing ${name}`, sizeBytes, onProgress);
    const kind = sizeBytes < SMALL_BYTES ? 'none' : compression;
    files.push(await packFile(file, partial, kind, { signal, onBytes }));
  });
  return files;
}

/** Not worth compressing, and readable as it is. */
const SMALL_BYTES = 4096;

async function writeEnvCopy(
  partial: string,
  copy: EnvCopy | null
): Promise<BackupManifest['envFile']> {
  if (copy === null) return null;
  await writeNew(path.join(partial, ENV_NAME), copy.text, { mode: 0o600 });
  return {
    stored: ENV_NAME,
    sizeBytes: Buffer.byteLength(copy.text),
    sha256: sha256(copy.text),
    secretsLeftOut: copy.secretsLeftOut,
  };
}

async function writeManifest(
  partial: string,
  manifest: BackupManifest
): Promise<void> {
  const text = manifestText(manifest);
  // What could not be read again is no backup: a file of a strange name, say.
  parseManifest(text);
  await writeNew(path.join(partial, MANIFEST_FILE), text, { mode: 0o600 });
  const sums = sumsText(manifest, sha256(text));
  await writeNew(path.join(partial, SUMS_FILE), sums, { mode: 0o600 });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
