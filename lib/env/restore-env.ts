import { rm } from 'node:fs/promises';
import { syncFolder } from './atomic-write.js';
import path from 'node:path';
import type { EnvChange, EnvWish } from './env-edit.js';
import {
  changeEnvFile,
  type EnvFileChange,
  type WriteEnvOptions,
} from './env-file.js';
import { assignments, readEnvText } from './env-text.js';
import { readEnvFile } from './read-env-file.js';

/** Why a key was left as it is. */
export interface LeftKey {
  readonly key: string;
  readonly reason: 'changed-since' | 'restored-already';
}

/** What restoring did (or with `dryRun` would do). */
export interface EnvRestoration extends EnvFileChange {
  /** Keys that were not put back. */
  readonly left: readonly LeftKey[];
  /** The file had been made by us, held nothing else and was removed. */
  readonly removed: boolean;
}

/** How keys are put back. */
export interface RestoreEnvOptions extends WriteEnvOptions {
  /** We made the file: remove it when nothing is left in it. */
  readonly removeIfEmpty?: boolean | undefined;
}

/** Decides what is put back: only what still has the value we gave it. Pure. */
export function planRestoration(
  text: string,
  changes: readonly EnvChange[]
): { readonly wishes: readonly EnvWish[]; readonly left: readonly LeftKey[] } {
  const present = assignments(readEnvText(text));
  const wishes: EnvWish[] = [];
  const left: LeftKey[] = [];
  for (const { key, before, after, beforeRaw } of changes) {
    const now = present.get(key)?.value ?? null;
    if (now === after) wishes.push({ key, value: before, raw: beforeRaw });
    else if (now === before) left.push({ key, reason: 'restored-already' });
    else left.push({ key, reason: 'changed-since' });
  }
  return { wishes, left };
}

/**
 * Puts back what an earlier edit changed, as it was written then; a key that
 * somebody has changed since is theirs and stays.
 *
 * @param changes what {@link changeEnvFile} had returned
 * @throws EnvError, with `path`; the file is then as it was
 */
export async function restoreEnvKeys(
  file: string,
  changes: readonly EnvChange[],
  options: RestoreEnvOptions = {}
): Promise<EnvRestoration> {
  let left: readonly LeftKey[] = [];
  if ((await readEnvFile(file)) === undefined) {
    // Nothing to put back into; what we added is gone with the file.
    left = changes.map(({ key }) => ({ key, reason: 'changed-since' }));
    const realPath = path.resolve(file);
    const nothing = { changes: [], diff: '', mode: 0, backupPath: null };
    const facts = { path: file, realPath, created: false, removed: false };
    return { ...facts, ...nothing, left };
  }
  const change = await changeEnvFile(
    file,
    (text) => {
      const plan = planRestoration(text, changes);
      left = plan.left;
      return plan.wishes;
    },
    options
  );
  let removed = false;
  if (options.removeIfEmpty === true && options.dryRun !== true) {
    const now = await readEnvFile(file);
    removed = now !== undefined && now.text.trim() === '';
    if (removed) {
      await rm(change.realPath);
      await syncFolder(path.dirname(change.realPath));
    }
  }
  return { ...change, left, removed };
}
