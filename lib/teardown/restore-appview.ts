import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { restoreEnvKeys, type EnvRestoration } from '../env/index.js';
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

/**
 * Puts the keys back that setup changed, where they still have the value that
 * setup gave them. A file that setup made, and that holds nothing else by now,
 * is removed.
 *
 * @throws EnvError; the file is then as it was
 */
export async function restoreAppView(
  { env }: RecordedAppView,
  dryRun: boolean
): Promise<EnvRestoration> {
  return await restoreEnvKeys(env.path, env.changes, {
    removeIfEmpty: env.created,
    dryRun,
  });
}

async function real(folder: string): Promise<string> {
  return await realpath(folder).catch(() => path.resolve(folder));
}
