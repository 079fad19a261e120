import { readdir, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { STORE_FILE } from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';

/**
 * Whether a process has exactly this file open, or another one of that name: a
 * folder can be moved away under a process and another put in its place.
 *
 * @returns `unknown` where open files cannot be seen (no /proc, another user's
 *   process), or it has none of that name
 */
export async function isOpenIn(
  pid: number,
  file: string
): Promise<'same' | 'other' | 'unknown'> {
  const folder = `/proc/${pid}/fd`;
  const wanted = await stat(file).catch(() => null);
  let other = false;
  for (const fd of await readdir(folder).catch(() => [])) {
    const link = await readlink(`${folder}/${fd}`).catch(() => '');
    const name = path.basename(link.replace(/ \(deleted\)$/, ''));
    if (name !== path.basename(file)) continue;
    // Through the descriptor itself: the path may be another file's by now.
    const open = await stat(`${folder}/${fd}`).catch(() => null);
    if (open === null) continue;
    if (open.ino === wanted?.ino && open.dev === wanted.dev) return 'same';
    other = true;
  }
  return other ? 'other' : 'unknown';
}

/**
 * Whether the store in a folder is the one that an index works on, as far as
 * can be seen.
 *
 * @param pid of the index; null where it is not known
 */
export async function isStoreOf(
  pid: number | null,
  folder: string
): Promise<boolean> {
  if (pid === null) return true;
  return (await isOpenIn(pid, path.join(folder, STORE_FILE))) !== 'other';
}
