import { rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder, writeAtomically } from './atomic-write.js';
import type { EnvChange } from './env-edit.js';
import {
  readEnvFile,
  refuseIfChanged,
  type EnvFileContent,
} from './read-env-file.js';
import { restoreEnvKeys } from './restore-env.js';

/** What it takes to take back what was done to an env file. */
export interface EnvEditTrace {
  /** The file behind symbolic links. */
  readonly realPath: string;
  /** As it was read before; undefined where there was no file. */
  readonly before: EnvFileContent | undefined;
  /** Per key: what it was before and is now. */
  readonly changes: readonly EnvChange[];
  /** Copies that were made of it. */
  readonly backups: readonly string[];
  /** As it was read right after. */
  readonly after: EnvFileContent | undefined;
}

/**
 * Takes an edit back: the same bytes, mode and owner as before, and no file
 * where there was none; the backup that it made goes too. Where somebody has
 * written to the file since, only the keys are put back, and the backup stays.
 *
 * @returns whether it is byte for byte as before
 * @throws EnvError, with `path`; the file is then as it was found
 */
export async function takeBackEnvFile(trace: EnvEditTrace): Promise<boolean> {
  const { realPath, before, changes, backups, after } = trace;
  const now = await readEnvFile(realPath);
  if (now === undefined && before === undefined) return true;
  if (now === undefined || now.identity !== after?.identity) {
    await restoreEnvKeys(realPath, changes, {
      removeIfEmpty: before === undefined,
    });
    return false;
  }
  if (before === undefined) {
    await rm(realPath);
    await syncFolder(path.dirname(realPath));
  } else {
    const { mode, uid, gid } = before;
    await writeAtomically(realPath, before.text, { mode, uid, gid }, () =>
      refuseIfChanged(realPath, now)
    );
  }
  for (const backup of backups) await rm(backup, { force: true });
  return true;
}
