import path from 'node:path';
import { writeAtomically, writeNew } from './atomic-write.js';
import { envDiff } from './env-diff.js';
import { applyWishes, type EnvChange, type EnvWish } from './env-edit.js';
import { EnvError } from './env-error.js';
import { readEnvText } from './env-text.js';
import {
  refuseIfChanged,
  readEnvFile,
  withPath,
  type EnvFileContent,
} from './read-env-file.js';
import { holdsSecret, isSecret } from './secret.js';
import { systemCode } from '../errors/system-code.js';

/** How an env file is written. */
export interface WriteEnvOptions {
  /** Plan and diff only, nothing written (default false). */
  readonly dryRun?: boolean | undefined;
  /** Keep a dated copy beside it (default true). */
  readonly backup?: boolean | undefined;
  /** The text a file that does not exist starts from (default empty). */
  readonly template?: string | undefined;
  /** For the date in the backup's name. */
  readonly now?: (() => Date) | undefined;
}

/** What was (or with `dryRun` would be) done to an env file. */
export interface EnvFileChange {
  /** As it was given. */
  readonly path: string;
  /** The file behind symbolic links: the one that is written. */
  readonly realPath: string;
  readonly created: boolean;
  /** Empty when all was as wished; nothing is written then. */
  readonly changes: readonly EnvChange[];
  /** The copy of what was there before; null where there is none. */
  readonly backupPath: string | null;
  /** A unified diff for showing, secrets hidden; empty when nothing changed. */
  readonly diff: string;
  /** Permission bits the file has in the end. */
  readonly mode: number;
}

/**
 * Changes keys in an env file (see {@link editEnv}), making it when it does
 * not exist. Symbolic links are followed: the file they lead to is written,
 * the links stay. Mode and owner are kept; a file that gets its first secret
 * from this gets mode 0600, and so does a backup with a secret in it.
 *
 * @param changes the value each key shall have, null for none
 * @throws EnvError, with `path`; the file is then as it was
 */
export async function writeEnvFile(
  file: string,
  changes: Readonly<Record<string, string | null>>,
  options: WriteEnvOptions = {}
): Promise<EnvFileChange> {
  const wishes = Object.entries(changes).map(([key, value]) => ({
    key,
    value,
  }));
  return changeEnvFile(file, () => wishes, options);
}

/**
 * {@link writeEnvFile} for wishes that depend on what is there.
 *
 * @param wish told the text (of the template, where there is no file)
 */
export async function changeEnvFile(
  file: string,
  wish: (text: string) => readonly EnvWish[],
  options: WriteEnvOptions = {}
): Promise<EnvFileChange> {
  try {
    const found = await readEnvFile(file);
    const from = found?.text ?? options.template ?? '';
    const { text, changes } = applyWishes(from, wish(from));
    const plan = {
      path: file,
      realPath: found?.realPath ?? path.resolve(file),
      created: found === undefined,
      changes,
      backupPath: null,
      diff: envDiff(path.basename(file), found?.text ?? null, text),
      mode: modeFor(found?.mode, text, changes),
    };
    const nothingToDo = found !== undefined && changes.length === 0;
    if (options.dryRun === true || nothingToDo) return plan;
    const keeps = found !== undefined && options.backup !== false;
    const backupPath = keeps
      ? await backUp(found, options.now?.() ?? new Date())
      : null;
    const ownership = { mode: plan.mode, uid: found?.uid, gid: found?.gid };
    await writeAtomically(plan.realPath, text, ownership, () =>
      refuseIfChanged(plan.realPath, found)
    );
    return { ...plan, backupPath };
  } catch (error) {
    throw withPath(error, file);
  }
}

/**
 * Permission bits of the file after the edit.
 *
 * @param present the bits it has; undefined for a new file
 * @param umask bits a new file does not get
 */
export function modeFor(
  present: number | undefined,
  text: string,
  changes: readonly EnvChange[],
  umask: number = process.umask()
): number {
  if (present === undefined) {
    return holdsSecret(readEnvText(text)) ? 0o600 : 0o644 & ~umask;
  }
  const first = changes.some(
    ({ key, before, after }) =>
      after !== null &&
      after !== '' &&
      isSecret(key, after) &&
      (before === null || before === '' || !isSecret(key, before))
  );
  return first ? 0o600 : present;
}

/** `.env` → `.env.backup-20261123T231500Z`, in UTC. */
export function backupName(name: string, at: Date): string {
  const stamp = at.toISOString().replace(/\.\d+Z$/, 'Z');
  return `${name}.backup-${stamp.replaceAll(/[-:]/g, '')}`;
}

/** Copies what was read; never over another file. */
async function backUp(found: EnvFileContent, at: Date): Promise<string> {
  const { realPath, text, mode, uid, gid } = found;
  const secret = holdsSecret(readEnvText(text));
  const base = backupName(path.basename(realPath), at);
  for (let copy = 1; copy < 1000; copy++) {
    const name = copy === 1 ? base : `${base}-${copy}`;
    const file = path.join(path.dirname(realPath), name);
    try {
      await writeNew(file, text, { mode: secret ? 0o600 : mode, uid, gid });
      return file;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
  throw new EnvError(`1,000 backups of the same second beside it: ${base}`, {
    code: 'write-failed',
    suggestion: 'remove the ones that are not needed',
  });
}
