import { chown, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { RuntimeError } from '../runtime-error.js';
import { systemCode } from '../../errors/system-code.js';

/** Whom a folder belongs to, and so whom the container runs as. */
export interface FolderOwner {
  readonly uid: number;
  readonly gid: number;
}

/** A folder that the container can use. */
export interface BindFolder extends FolderOwner {
  /** Nothing was in it: the index in it is a new one. */
  readonly isEmpty: boolean;
}

/** The user of the images. */
export const IMAGE_USER: FolderOwner = { uid: 10_001, gid: 10_001 };

/**
 * Makes a folder of this machine fit for being the data folder, and says as
 * whom the container has to run for it: its owner. A new one belongs to the
 * image's user where that can be arranged, else to whoever runs this. Never
 * root: the container does not run as root.
 *
 * @throws RuntimeError BAD_DATA_FOLDER with the chown that mends it
 */
export async function prepareBindFolder(folder: string): Promise<BindFolder> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw unfit(
      `${folder} cannot be made`,
      `make it: mkdir -p ${folder}`,
      cause
    );
  });
  const stats = await stat(folder);
  if (!stats.isDirectory()) {
    throw unfit(`${folder} is not a folder`, 'give a folder with --data');
  }
  const all = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'EACCES') return null; // its owner can
    throw error;
  });
  // Of a disk that is mounted there, and root's.
  const names = all?.filter((name) => name !== 'lost+found') ?? null;
  if (stats.uid === 0) {
    if (process.getuid?.() === 0 && names?.length === 0) {
      await chown(folder, IMAGE_USER.uid, IMAGE_USER.gid);
      return { ...IMAGE_USER, isEmpty: true };
    }
    throw unfit(
      `${folder} belongs to root, as which the container does not run`,
      chownCommand(folder, IMAGE_USER)
    );
  }
  const owner = { uid: stats.uid, gid: stats.gid };
  for (const name of names ?? []) {
    const inside = await stat(path.join(folder, name)).catch(() => null);
    if (inside === null || inside.uid === owner.uid) continue;
    throw unfit(
      `${path.join(folder, name)} belongs to ${inside.uid}, its folder to ${owner.uid}`,
      chownCommand(folder, owner)
    );
  }
  return { ...owner, isEmpty: names?.length === 0 };
}

function chownCommand(folder: string, { uid, gid }: FolderOwner): string {
  return `sudo chown -R ${uid}:${gid} ${JSON.stringify(folder)}`;
}

function unfit(
  message: string,
  suggestion: string,
  cause?: unknown
): RuntimeError {
  return new RuntimeError(message, {
    code: 'BAD_DATA_FOLDER',
    suggestion,
    cause,
  });
}
