import { isUtf8 } from 'node:buffer';
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, realpath, stat } from 'node:fs/promises';
import { EnvError } from './env-error.js';
import { systemCode } from '../errors/system-code.js';

/** An env file as it was read. */
export interface EnvFileContent {
  /** The file behind symbolic links. */
  readonly realPath: string;
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** What tells that it is still the same, unchanged file. */
  readonly identity: string;
}

/** Larger files are no env files. */
export const MAX_ENV_BYTES = 1024 * 1024;

/**
 * Reads an env file whole.
 *
 * @returns undefined when there is none
 * @throws EnvError `not-a-file` (a folder, a device, a link that leads
 *   nowhere), `too-large`, `not-text` with the line, `read-failed`
 */
export async function readEnvFile(
  file: string
): Promise<EnvFileContent | undefined> {
  try {
    const realPath = await realpath(file);
    // O_NONBLOCK: opening a FIFO must not wait for somebody to write to it.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    const handle = await open(realPath, flags);
    try {
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) {
        throw new EnvError('not a regular file', { code: 'not-a-file' });
      }
      if (stats.size > MAX_ENV_BYTES) {
        throw new EnvError(`larger than ${MAX_ENV_BYTES} bytes`, {
          code: 'too-large',
        });
      }
      return {
        realPath,
        text: decode(await handle.readFile()),
        mode: Number(stats.mode) & 0o777,
        uid: Number(stats.uid),
        gid: Number(stats.gid),
        identity: identityOf(stats),
      };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      if (!(await exists(file))) return undefined;
      throw new EnvError(`${file}: a symbolic link that leads nowhere`, {
        code: 'not-a-file',
        path: file,
        cause: error,
      });
    }
    throw withPath(error, file, 'read-failed');
  }
}

/**
 * Somebody else may have written between our reading and our renaming.
 *
 * @throws EnvError `changed-meanwhile`
 */
export async function refuseIfChanged(
  realPath: string,
  read: EnvFileContent | undefined
): Promise<void> {
  let now: string | undefined;
  try {
    now = identityOf(await stat(realPath, { bigint: true }));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  if (now !== read?.identity) {
    throw new EnvError('somebody else changed it in the meantime', {
      code: 'changed-meanwhile',
      suggestion: 'run the same command again',
    });
  }
}

/** Any error as an {@link EnvError} that names the file. */
export function withPath(
  error: unknown,
  file: string,
  code: 'read-failed' | 'write-failed' = 'write-failed'
): EnvError {
  if (!(error instanceof EnvError)) {
    const reason = error instanceof Error ? error.message : String(error);
    const denied =
      systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM';
    const busy = systemCode(error) === 'EBUSY';
    const suggestion = denied
      ? 'run this as the user who owns the file and its folder'
      : busy
        ? 'change it where it is mounted from, not through a mount of one file'
        : undefined;
    const verb = code === 'read-failed' ? 'read' : 'written';
    return new EnvError(`${file} cannot be ${verb}: ${reason}`, {
      code,
      path: file,
      suggestion,
      cause: error,
    });
  }
  if (error.path !== undefined) return error;
  return new EnvError(`${file}: ${error.message}`, {
    code: error.code,
    problems: error.problems,
    path: file,
    suggestion: error.suggestion,
    cause: error.cause,
  });
}

function identityOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false
  );
}

function decode(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  // A line feed is never part of another character in UTF-8.
  let line = 1;
  let from = 0;
  for (;;) {
    const to = bytes.indexOf(0x0a, from);
    const end = to === -1 ? bytes.length : to;
    if (!isUtf8(bytes.subarray(from, end)) || to === -1) break;
    from = to + 1;
    line += 1;
  }
  const message = 'not UTF-8';
  throw new EnvError(`line ${line}: ${message}`, {
    code: 'not-text',
    problems: [{ line, message }],
    suggestion: 'save the file as UTF-8',
  });
}
