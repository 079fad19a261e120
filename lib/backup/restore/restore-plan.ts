import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  LOCK_FILE,
  readMarker,
  STORE_FORMAT,
} from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { dataHolder } from '../../runtime/embedded/data-in-use.js';
import {
  folderSize,
  LockedError,
  type Runtime,
  type RuntimeConfig,
} from '../../runtime/index.js';
import { BackupError } from '../backup-error.js';
import type { ReadBackup } from '../backup-folder.js';
import { freshPathFor, keptPathFor } from './kept-data.js';
import {
  assertRestorable,
  gapWarning,
  type PresentData,
} from './restore-checks.js';
import { systemCode } from '../../errors/system-code.js';

/** What a restore would do. */
export interface RestorePlan {
  readonly backup: ReadBackup;
  /** The data folder that is replaced, or made. */
  readonly dataPath: string;
  /** Null: there is no data yet. */
  readonly present: PresentData | null;
  /** Where it is unpacked first. */
  readonly freshPath: string;
  /** Where the present data is kept. */
  readonly keptPath: string;
  /** Whether a running index has to be stopped for a moment. */
  readonly stops: boolean;
  /** Whether the index is to run afterwards. */
  readonly startsAfter: boolean;
  /** What it is started with; null: it was never started here. */
  readonly config: RuntimeConfig | null;
  /** What may be missing afterwards; null: nothing. */
  readonly warning: string | null;
}

/** What is to be restored, and where. */
export interface RestoreWish {
  readonly backup: ReadBackup;
  /** Another folder than the runtime's; undefined: the runtime's. */
  readonly dataPath: string | undefined;
  /** A restore that was killed had stopped the index. */
  readonly wasRunning: boolean;
}

/**
 * Looks at what there is. Nothing is changed.
 *
 * @throws BackupError WRONG_RUNTIME, WRONG_VERSION, SAMPLE_MISMATCH; StoreError
 *   for a damaged marker; LockedError where an index that is not this one's has
 *   the folder open
 */
export async function planRestore(
  runtime: Runtime,
  { backup, dataPath: wanted, wasRunning }: RestoreWish,
  now: Date
): Promise<RestorePlan> {
  const [status, location] = [await runtime.status(), await runtime.data()];
  const dataPath = path.resolve(wanted ?? location.name);
  const isItsOwn = dataPath === path.resolve(location.name);
  const present = await presentData(dataPath);
  assertRestorable(backup.manifest, {
    runtime: runtime.kind,
    storeFormat: STORE_FORMAT,
    present,
  });
  const runs = ['running', 'degraded', 'starting'].includes(status.state);
  const stops = runs && isItsOwn;
  const ownPids = status.parts.map(({ id }) => id);
  const holder = await dataHolder(dataPath);
  if (holder !== null && !(stops && ownPids.includes(String(holder.pid)))) {
    throw new LockedError(path.join(dataPath, LOCK_FILE), holder);
  }
  return {
    backup,
    dataPath,
    present,
    freshPath: freshPathFor(dataPath, backup.id),
    keptPath: keptPathFor(dataPath, now),
    stops,
    startsAfter: isItsOwn && (stops || wasRunning),
    config: status.config,
    warning: gapWarning(backup.manifest.index.cursorUs, now.getTime()),
  };
}

async function presentData(dataPath: string): Promise<PresentData | null> {
  const marker = readMarker(dataPath);
  if (marker === null) {
    await refuseForeign(dataPath);
    return null;
  }
  const sizeBytes = (await folderSize(dataPath)) ?? 0;
  return { sizeBytes, sample: marker.sample };
}

/** Entries that a fresh volume, or a restore that was killed, may leave. */
const HARMLESS = new Set(['lost+found', LOCK_FILE]);

async function refuseForeign(dataPath: string): Promise<void> {
  const names = await readdir(dataPath).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  const foreign = names.filter((name) => !HARMLESS.has(name));
  if (foreign.length === 0) return;
  throw new BackupError(
    `${dataPath} was not made by the embedded index (it holds ${foreign.slice(0, 3).join(', ')})`,
    { code: 'RESTORE_FAILED', suggestion: 'use an empty folder: --data DIR' }
  );
}
