/** The folder backups are in. */

import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../env/atomic-write.js';
import { BackupError } from './backup-error.js';
import { isBackupName, isUnfinishedName, removingName } from './backup-name.js';
import { MANIFEST_FILE, type BackupManifest } from './manifest/manifest.js';
import { parseManifest } from './manifest/parse-manifest.js';
import { readVerification, type Verification } from './verify/verification.js';
import { systemCode } from '../errors/system-code.js';

/** Name of the file that keeps two runs apart. */
export const BACKUP_LOCK = '.lock';

/** A backup that is there. */
export interface FoundBackup {
  readonly id: string;
  /** Its folder, absolute. */
  readonly path: string;
  /** Null: it cannot be read, see `problem`. */
  readonly manifest: BackupManifest | null;
  readonly problem: string | null;
  readonly verification: Verification | null;
}

/** A backup whose manifest was read. */
export interface ReadBackup extends FoundBackup {
  readonly manifest: BackupManifest;
}

/** A manifest names a few dozen files; a larger one is none. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** Makes the folder, for its owner alone. */
export async function makeBackupFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** All backups in a folder, newest first; none when there is no folder. */
export async function findBackups(
  folder: string
): Promise<readonly FoundBackup[]> {
  const names = (await namesIn(folder)).filter(isBackupName);
  const found = await Promise.all(
    names.map((id) => readBackup(path.join(folder, id)))
  );
  return found.toSorted((a, b) => timeOf(b) - timeOf(a));
}

/** Reads one backup's manifest; what is wrong with it is in `problem`. */
export async function readBackup(backup: string): Promise<FoundBackup> {
  const id = path.basename(backup);
  try {
    const text = await readBounded(path.join(backup, MANIFEST_FILE));
    const manifest = parseManifest(text);
    const problem =
      manifest.id === id ? null : `its manifest is that of ${manifest.id}`;
    const verification = await readVerification(backup);
    return { id, path: backup, manifest, problem, verification };
  } catch (error) {
    const why =
      systemCode(error) === 'ENOENT'
        ? `${MANIFEST_FILE} is missing`
        : error instanceof Error
          ? error.message
          : String(error);
    return {
      id,
      path: backup,
      manifest: null,
      problem: why,
      verification: null,
    };
  }
}

/**
 * The backup that is meant: by its name, by the path of its folder, or
 * `latest`, the newest good one (where there is none: the newest).
 *
 * @throws BackupError NOTHING_FOUND, DAMAGED
 */
export async function chooseBackup(
  folder: string,
  wanted: string
): Promise<ReadBackup> {
  const found =
    wanted === 'latest'
      ? newestGood(await findBackups(folder))
      : await readBackup(
          isBackupName(wanted)
            ? path.join(folder, wanted)
            : path.resolve(wanted)
        );
  const isThere =
    found !== null &&
    (found.manifest !== null || (await namesIn(found.path)).length > 0);
  if (!isThere) {
    const what = wanted === 'latest' ? 'no backup' : `no backup ${wanted}`;
    throw new BackupError(`there is ${what} in ${folder}`, {
      code: 'NOTHING_FOUND',
      suggestion: 'npx zx scripts/backup.ts list',
    });
  }
  const { manifest, problem } = found;
  if (manifest !== null && problem === null) return { ...found, manifest };
  throw new BackupError(`${found.id}: ${problem ?? 'it cannot be read'}`, {
    code: /\bhas format\b/.test(problem ?? '') ? 'WRONG_VERSION' : 'DAMAGED',
    suggestion: /\bhas format\b/.test(problem ?? '')
      ? 'use the version of Constellation Local that made it'
      : 'take another one: npx zx scripts/backup.ts list',
  });
}

/** Whether a backup was looked at, and found as it was written. Pure. */
export function isVerified({ problem, verification }: FoundBackup): boolean {
  return problem === null && verification?.problem === null;
}

/** Whether nothing is known against it. Pure. */
export function isUsable({ problem, verification }: FoundBackup): boolean {
  return problem === null && (verification?.problem ?? null) === null;
}

/** The newest verified one, else the newest usable, else the newest. Pure. */
export function newestGood(
  newestFirst: readonly FoundBackup[]
): FoundBackup | null {
  return (
    newestFirst.find(isVerified) ??
    newestFirst.find(isUsable) ??
    newestFirst[0] ??
    null
  );
}

/** Takes a backup away; a half-removed one is never listed. */
export async function removeBackup(backup: string): Promise<void> {
  const folder = path.dirname(backup);
  const going = path.join(folder, removingName(path.basename(backup)));
  await rename(backup, going);
  await syncFolder(folder);
  await rm(going, { recursive: true, force: true });
}

/**
 * Removes what runs left that were killed. Only for the holder of the lock:
 * nobody else writes there then.
 *
 * @returns their names
 */
export async function sweepUnfinished(
  folder: string
): Promise<readonly string[]> {
  const left = (await namesIn(folder)).filter(isUnfinishedName);
  for (const name of left) {
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
  return left;
}

async function readBounded(file: string): Promise<string> {
  const bytes = await readFile(file);
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw new BackupError(`${MANIFEST_FILE} is too large`, { code: 'DAMAGED' });
  }
  return bytes.toString('utf8');
}

/** By its manifest, or else by its name, which begins with the time. */
function timeOf({ id, manifest }: FoundBackup): number {
  if (manifest !== null) return Date.parse(manifest.createdAt);
  const digits = id.replace(
    /^\D*(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/,
    '$1-$2-$3T$4:$5:$6Z'
  );
  return Date.parse(digits);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR')
      return [];
    throw error;
  }
}
