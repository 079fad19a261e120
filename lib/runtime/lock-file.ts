/** What is done to lock files on the disk; who may do it is decided elsewhere. */

import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { lockText, parseLock, type LockContent } from './lock-content.js';
import { systemCode } from '../errors/system-code.js';

/** A lock file as it was found. */
export interface FoundLock {
  readonly content: LockContent;
  /** When it was touched last, in the clock of the file system (ms). */
  readonly touchedMs: number;
}

/** Reads a lock file. @returns null when there is none */
export async function readLock(file: string): Promise<FoundLock | null> {
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const { mtimeMs } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8192));
    const text = buffer.toString('utf8', 0, bytesRead);
    return { content: parseLock(text), touchedMs: mtimeMs };
  } finally {
    await handle.close();
  }
}

/**
 * Makes the lock file, complete from its first moment, unless there is one.
 *
 * @returns whether it was made
 */
export async function createLock(
  file: string,
  content: LockContent
): Promise<boolean> {
  return await withTemporary(file, content, async (temporary) => {
    try {
      await fs.link(temporary, file);
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      if (!NO_HARD_LINKS.has(systemCode(error) ?? '')) throw error;
      return await createInPlace(file, content);
    }
  });
}

/** Puts a lock in the place of another, in one step. */
export async function replaceLock(
  file: string,
  content: LockContent
): Promise<void> {
  await withTemporary(file, content, (temporary) => fs.rename(temporary, file));
}

/** Removes left-overs of runs that died in the middle of taking a lock. */
export async function sweepLeftOvers(
  file: string,
  olderThanMs: number
): Promise<void> {
  const folder = path.dirname(file);
  const prefix = `${path.basename(file)}.`;
  for (const name of await fs.readdir(folder)) {
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (!/^(takeover-)?[0-9a-f]{24}(\.new)?$/.test(rest)) continue;
    const leftOver = path.join(folder, name);
    const { mtimeMs } = await fs.lstat(leftOver).catch(() => ({ mtimeMs: 0 }));
    if (mtimeMs === 0 || Date.now() - mtimeMs < olderThanMs) continue;
    await fs.rm(leftOver, { force: true });
  }
}

/** File systems without hard links (exFAT, some FUSE) say one of these. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Without hard links a reader may see half a file; it looks freshly damaged. */
async function createInPlace(
  file: string,
  content: LockContent
): Promise<boolean> {
  try {
    await fs.writeFile(file, lockText(content), {
      flag: 'wx',
      mode: 0o644,
      flush: true,
    });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function withTemporary<T>(
  file: string,
  content: LockContent,
  use: (temporary: string) => Promise<T>
): Promise<T> {
  const temporary = `${file}.${content.token}.new`;
  try {
    const text = lockText(content);
    // Synced, so that a crash of the machine leaves no empty lock.
    await fs.writeFile(temporary, text, {
      flag: 'wx',
      mode: 0o644,
      flush: true,
    });
    return await use(temporary);
  } finally {
    await fs.rm(temporary, { force: true });
  }
}
