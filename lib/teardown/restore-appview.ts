import { realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  readEnvFile,
  restoreEnvKeys,
  type EnvRestoration,
} from '../env/index.js';
import type { RecordedAppView, SetupRecord } from '../setup/setup-record.js';

/** What there is to restore for the folder that was named. */
export type AppViewMatch =
  | { readonly state: 'ours'; readonly appview: RecordedAppView }
  /** Setup wrote down another AppView, or none. */
  | { readonly state: 'not-ours'; readonly connected: string | null };

/** Whether setup changed the `.env` of this AppView. */
export async function matchAppView(
  folder: string,
  record: SetupRecord | null
): Promise<AppViewMatch> {
  const appview = record?.appview ?? null;
  if (appview === null) return { state: 'not-ours', connected: null };
  const same = (await real(folder)) === (await real(appview.folder));
  return same
    ? { state: 'ours', appview }
    : { state: 'not-ours', connected: appview.folder };
}

/** What was done to an AppView's `.env`. */
export interface AppViewRestoration extends EnvRestoration {
  /** It is byte for byte as before setup, or gone as before. */
  readonly asBefore: boolean;
}

/**
 * Puts the keys back that setup changed, where they still have the value that
 * setup gave them. A file that setup made, and that holds nothing else by now,
 * is removed. Where the file is as it was before setup, the copies that say
 * the same go, and the one of the file with our keys: nobody could miss them.
 * Where somebody has changed it since, all copies stay.
 *
 * @throws EnvError; the file is then as it was
 */
export async function restoreAppView(
  { env }: RecordedAppView,
  dryRun: boolean
): Promise<AppViewRestoration> {
  const restoration = await restoreEnvKeys(env.path, env.changes, {
    removeIfEmpty: env.created,
    dryRun,
  });
  const { removed, changes, backupPath } = restoration;
  if (dryRun || (changes.length === 0 && !removed)) {
    return { ...restoration, asBefore: false };
  }
  const same = removed ? [] : await copiesLike(env.path, env.backups);
  if (!removed && same.length === 0) return { ...restoration, asBefore: false };
  const needless = backupPath === null ? same : [...same, backupPath];
  for (const copy of needless) await rm(copy, { force: true });
  return { ...restoration, backupPath: null, asBefore: true };
}

/** The copies that hold the same bytes as the file. */
async function copiesLike(
  file: string,
  copies: readonly string[]
): Promise<readonly string[]> {
  const text = (await readEnvFile(file))?.text;
  const same: string[] = [];
  for (const copy of copies) {
    // One that cannot be read is not known to say the same.
    const kept = await readEnvFile(copy).catch(() => undefined);
    if (kept !== undefined && kept.text === text) same.push(copy);
  }
  return same;
}

async function real(folder: string): Promise<string> {
  return await realpath(folder).catch(() => path.resolve(folder));
}
