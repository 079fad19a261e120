/** What there is to remove, with its size. Nothing is changed here. */

import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  LOCK_FILE,
  MARKER_FILE,
  readMarker,
  STORE_FILE,
} from '../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { dataHolder } from '../runtime/embedded/data-in-use.js';
import { LockedError } from '../runtime/locked-error.js';
import type { StateFolder } from '../runtime/state-folder.js';
import type { SetupRecord } from '../setup/setup-record.js';
import { systemCode } from '../errors/system-code.js';

/** Files that go together. */
export interface Remains {
  readonly level: 'config' | 'data';
  /** What it is, for people. */
  readonly title: string;
  /** The file or folder they are named by. */
  readonly path: string;
  /** Files to remove, absolute. */
  readonly files: readonly string[];
  /** Folders to remove afterwards when they are empty, inner ones first. */
  readonly folders: readonly string[];
  /** Of all the files. */
  readonly sizeBytes: number;
  /** Names in it that are not ours and stay. */
  readonly foreign: readonly string[];
  /** Sample data; null where that is no question. */
  readonly sample: boolean | null;
}

/** Settings, logs and records; the setup record itself is not among them. */
export async function findConfig(
  folder: StateFolder,
  record: SetupRecord | null
): Promise<readonly Remains[]> {
  const found: Remains[] = [];
  const envFile = record?.envFile;
  if (envFile?.created === true) {
    const files = [envFile.path, ...envFile.backups];
    found.push(await remainsOf('settings', envFile.path, files));
  }
  const logs = await namesIn(folder.logs);
  const isLog = (name: string): boolean =>
    /^(embedded|bridge)\.(log(\.\d+)?|out)$|^simulator\.out$|^build\.log$/.test(
      name
    );
  found.push({
    ...(await remainsOf(
      'logs',
      folder.logs,
      logs.filter(isLog).map((name) => path.join(folder.logs, name))
    )),
    folders: [folder.logs],
    foreign: logs.filter((name) => !isLog(name)),
  });
  found.push(
    await remainsOf('record of processes', folder.embedded, [folder.embedded])
  );
  found.push(
    await remainsOf('record of the container', folder.docker, [
      folder.overlay,
      folder.docker,
    ])
  );
  found.push(
    await remainsOf('record of growth', folder.growth, [folder.growth])
  );
  return found.filter(({ files }) => files.length > 0);
}

/**
 * Data folders that were made by us: what setup wrote down, and the state
 * folder's own two, each only with the marker that the index puts into it.
 */
export async function findData(
  folder: StateFolder,
  record: SetupRecord | null
): Promise<readonly Remains[]> {
  const noted = (record?.data ?? []).filter(({ created }) => created);
  const notOurs = (record?.data ?? []).filter(({ created }) => !created);
  const paths = new Set(
    [folder.data, folder.sampleData, ...noted.map((one) => one.path)].filter(
      (one) => !notOurs.some((other) => other.path === one)
    )
  );
  const found: Remains[] = [];
  for (const dataPath of paths) {
    const names = await namesIn(dataPath);
    if (!names.includes(MARKER_FILE)) continue;
    const sample = markedSample(dataPath);
    const files = names
      .filter(isStoreFile)
      .map((name) => path.join(dataPath, name));
    // The marker goes last: what is left by a crash is then still ours.
    const ordered = files.toSorted((a, b) => rank(a) - rank(b));
    const title = sample === true ? 'sample data' : 'data';
    found.push({
      ...(await remainsOf(title, dataPath, ordered)),
      level: 'data',
      folders: [dataPath],
      foreign: names.filter((name) => !isStoreFile(name)),
      sample,
    });
  }
  return found;
}

/** A process that works on data of ours and was not started from here. */
export interface Stray {
  readonly pid: number;
  /** The data folder. */
  readonly path: string;
}

/**
 * Who has data of ours open besides the processes that are known: the record
 * of one that runs may have been deleted.
 */
export async function findStrays(
  data: readonly Remains[],
  ownPids: readonly string[]
): Promise<readonly Stray[]> {
  const strays: Stray[] = [];
  for (const { path: dataPath } of data) {
    const holder = await dataHolder(dataPath);
    if (holder === null || ownPids.includes(String(holder.pid))) continue;
    strays.push({ pid: holder.pid, path: dataPath });
  }
  return strays;
}

/**
 * @throws LockedError LOCKED when an index that is not this one's has it open
 * @param ownPids processes that teardown stops first
 */
export async function assertNotInUse(
  remains: readonly Remains[],
  ownPids: readonly string[]
): Promise<void> {
  for (const { level, path: dataPath } of remains) {
    if (level !== 'data') continue;
    const holder = await dataHolder(dataPath);
    if (holder === null || ownPids.includes(String(holder.pid))) continue;
    throw new LockedError(path.join(dataPath, LOCK_FILE), holder);
  }
}

function isStoreFile(name: string): boolean {
  return [STORE_FILE, MARKER_FILE, LOCK_FILE].some(
    (known) =>
      name === known ||
      name === `${known}-lock` ||
      name === `${known}.new` ||
      (known === LOCK_FILE && name.startsWith(`${known}.`))
  );
}

function rank(file: string): number {
  return path.basename(file) === MARKER_FILE ? 1 : 0;
}

/** What the marker says; null when it is damaged. */
function markedSample(dataPath: string): boolean | null {
  try {
    return readMarker(dataPath)?.sample ?? null;
  } catch {
    return null;
  }
}

async function remainsOf(
  title: string,
  file: string,
  candidates: readonly string[]
): Promise<Remains> {
  const files: string[] = [];
  let sizeBytes = 0;
  for (const candidate of candidates) {
    const stats = await lstat(candidate).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR')
        return null;
      throw error;
    });
    if (stats === null || stats.isDirectory()) continue;
    files.push(candidate);
    sizeBytes += stats.size;
  }
  return {
    level: 'config',
    title,
    path: file,
    files,
    folders: [],
    sizeBytes,
    foreign: [],
    sample: null,
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    // A link to somewhere else is not ours to empty.
    if (!(await lstat(folder)).isDirectory()) return [];
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR')
      return [];
    throw error;
  }
}
