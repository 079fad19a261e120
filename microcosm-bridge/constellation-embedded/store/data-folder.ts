/**
 * The data folder: made, recognised and refused. A marker file says that the
 * folder is ours, of which format, and whether it holds sample data.
 */

import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../../../lib/errors/system-code.js';
import { StoreError } from './errors.js';

/** Version of the layout that this code reads and writes. */
export const STORE_FORMAT = 1;

/** Name of the marker file. */
export const MARKER_FILE = 'constellation-embedded.json';

/** Name of the store's file; LMDB puts `-lock` behind it for its readers' table. */
export const STORE_FILE = 'index.mdb';

/** Name of the file that keeps a second process out. */
export const LOCK_FILE = 'constellation-embedded.lock';

/** Entries that a fresh volume may hold although nobody put them there. */
const HARMLESS = new Set(['lost+found', '.DS_Store', LOCK_FILE]);

/** What the marker file says. */
export interface DataFolder {
  /** Absolute or as given. */
  readonly path: string;
  readonly format: number;
  /** When the folder was made, ISO 8601. */
  readonly createdAt: string;
  /** Invented data of the simulator, never to be mixed with the network's. */
  readonly sample: boolean;
}

/**
 * Finds the folder, or makes it.
 *
 * @param path - the folder; parents are made
 * @param sample - whether sample data is to go in; must not change
 * @throws StoreError DATA_NOT_A_FOLDER, DATA_UNWRITABLE, DATA_DISK_FULL,
 *   DATA_FOREIGN, DATA_NEWER_FORMAT, DATA_SAMPLE_MISMATCH, DATA_DAMAGED
 */
export function openDataFolder(
  path: string,
  sample: boolean,
  now: Date = new Date()
): DataFolder {
  makeFolder(path);
  const found = inspectDataFolder(path, sample);
  if (found !== null) return found;
  const folder = {
    format: STORE_FORMAT,
    createdAt: now.toISOString(),
    sample,
  };
  writeMarker(path, folder);
  return { path, ...folder };
}

/**
 * Whether a folder could be opened, without touching anything.
 *
 * @param sample - whether sample data is to go in
 * @returns null where there is no index yet, and one can be made as far as can
 *   be seen
 * @throws StoreError as {@link openDataFolder}
 */
export function inspectDataFolder(
  path: string,
  sample: boolean
): DataFolder | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) {
      if (dirname(path) === path) return null;
      assertTakesFolders(dirname(path));
      return null;
    }
    if (!stats.isDirectory()) throw notAFolder(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw error instanceof StoreError ? error : unusable(path, error);
  }
  const found = readMarker(path);
  if (found === null) {
    refuseForeign(path);
    return null;
  }
  if (found.format > STORE_FORMAT) {
    throw new StoreError(
      'DATA_NEWER_FORMAT',
      path,
      `data folder ${path} has format ${found.format}, this version reads format ${STORE_FORMAT} and older`,
      'Use the newer version of Constellation Local that made it, or another --data folder.'
    );
  }
  if (found.sample !== sample) {
    throw new StoreError(
      'DATA_SAMPLE_MISMATCH',
      path,
      found.sample
        ? `data folder ${path} holds sample data, which must not be mixed with the network's`
        : `data folder ${path} holds an index of the network, sample data must not be mixed in`,
      'Use another --data folder.'
    );
  }
  return found;
}

/**
 * Reads the marker of a folder without touching anything.
 *
 * @returns null where there is no marker
 * @throws StoreError DATA_DAMAGED when the marker is no marker
 */
export function readMarker(path: string): DataFolder | null {
  let text: string;
  try {
    text = readFileSync(join(path, MARKER_FILE), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw unusable(path, error);
  }
  const marker = parseMarker(text);
  if (marker === null) {
    throw new StoreError(
      'DATA_DAMAGED',
      path,
      `${join(path, MARKER_FILE)} is damaged`,
      'Restore the folder from a backup, or use another --data folder.'
    );
  }
  return { path, ...marker };
}

function parseMarker(text: string): Omit<DataFolder, 'path'> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { format, createdAt, sample } = value as Record<string, unknown>;
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) {
    return null;
  }
  if (typeof createdAt !== 'string' || typeof sample !== 'boolean') return null;
  return { format, createdAt, sample };
}

function makeFolder(path: string): void {
  try {
    makeWithParents(path);
    if (!statSync(path).isDirectory()) throw notAFolder(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw error instanceof StoreError ? error : unusable(path, error);
  }
}

/** The nearest folder that is there must let us make one in it. */
function assertTakesFolders(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) assertTakesFolders(dirname(path));
  else if (!there.isDirectory()) throw notAFolder(path);
  else accessSync(path, constants.W_OK | constants.X_OK);
}

/** Not `recursive`: that never returns where a parent takes no folders (/proc). */
function makeWithParents(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  makeWithParents(dirname(path));
  mkdirSync(path, { mode: 0o750 });
}

function refuseForeign(path: string): void {
  const foreign = readdirSync(path).filter((name) => !HARMLESS.has(name));
  if (foreign.length === 0) return;
  throw new StoreError(
    'DATA_FOREIGN',
    path,
    `data folder ${path} is not empty and was not made by the embedded index (it holds ${foreign.slice(0, 3).join(', ')})`,
    'Use an empty folder, or the folder that an earlier run made.'
  );
}

function writeMarker(path: string, folder: Omit<DataFolder, 'path'>): void {
  const file = join(path, MARKER_FILE);
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(folder, null, 2)}\n`, {
      mode: 0o640,
      flush: true,
    });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw unusable(path, error);
  }
}

function notAFolder(path: string): StoreError {
  return new StoreError(
    'DATA_NOT_A_FOLDER',
    path,
    `data folder ${path} is a file, not a folder`,
    'Give a folder with --data.'
  );
}

/** Turns the failure of a system call on the folder into one that a person can act on. */
export function unusable(path: string, error: unknown): StoreError {
  const code = systemCode(error);
  if (code === 'EEXIST' || code === 'ENOTDIR') return notAFolder(path);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StoreError(
      'DATA_DISK_FULL',
      path,
      `no space left for data folder ${path}`,
      'Free some space, or use a --data folder on another disk.',
      error
    );
  }
  return new StoreError(
    'DATA_UNWRITABLE',
    path,
    `data folder ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    `Check its owner and mode (ls -ld ${path}), or use another --data folder.`,
    error
  );
}
