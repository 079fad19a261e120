import { readFile, stat } from 'node:fs/promises';
import { systemCode } from '../../errors/system-code.js';
import { assignments, readEnvText } from '../../env/index.js';
import { IMAGE_USER } from './bind-folder.js';

/** The environment file of this project, as it is on this machine. */
export interface SettingsFile {
  readonly settings: Readonly<Record<string, string>>;
  /**
   * Whether the container can read it itself, at every start. Where it cannot,
   * what it says reaches the container by setup alone.
   */
  readonly isReadableInside: boolean;
}

/** @returns null where there is none */
export async function readSettingsFile(
  file: string | undefined
): Promise<SettingsFile | null> {
  if (file === undefined) return null;
  try {
    const { mode, uid, gid } = await stat(file);
    const written = assignments(readEnvText(await readFile(file, 'utf8')));
    return {
      settings: Object.fromEntries(
        [...written].map(([key, { value }]) => [key, value])
      ),
      isReadableInside: mayRead(mode, { uid, gid }),
    };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Whether the user of the images may read a file. Pure. */
export function mayRead(
  mode: number,
  owner: { readonly uid: number; readonly gid: number }
): boolean {
  if (owner.uid === IMAGE_USER.uid) return (mode & 0o400) !== 0;
  if (owner.gid === IMAGE_USER.gid) return (mode & 0o040) !== 0;
  return (mode & 0o004) !== 0;
}

/** What to do where the container cannot read it, for people. Pure. */
export function unreadableText(file: string): string {
  const name = JSON.stringify(file);
  return `the container cannot read ${file}, which is for its owner alone: a change in it takes effect by setup, not by a restart of the container. To let it read the file: sudo chgrp ${IMAGE_USER.gid} ${name} && chmod 640 ${name}, then setup`;
}
