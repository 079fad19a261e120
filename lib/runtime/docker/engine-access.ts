import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { RuntimeError } from '../runtime-error.js';
import type { EngineAddress } from './engine-address.js';
import { systemCode } from '../../errors/system-code.js';

/** What is known of a socket that could not be used. */
export interface SocketFacts {
  readonly exists: boolean;
  /** Name of the group that may use it; null where that is not known. */
  readonly group: string | null;
  /** Name of who asked; null: a number that has none. */
  readonly user: string | null;
}

/**
 * Why an engine cannot be reached and what to do, in words. Pure.
 *
 * @param facts null for an engine that is not on a socket
 */
export function explainAccess(
  { url, from }: Pick<EngineAddress, 'url' | 'from'>,
  error: unknown,
  facts: SocketFacts | null
): RuntimeError {
  const code = systemCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  const where = from === 'DOCKER_HOST' ? `${url} (DOCKER_HOST)` : url;
  const make = (message: string, suggestion: string): RuntimeError =>
    new RuntimeError(message, {
      code: 'NOT_AVAILABLE',
      suggestion,
      cause: error,
    });
  if (code === 'EACCES' || code === 'EPERM') {
    const group = facts?.group ?? 'docker';
    const user = facts?.user ?? null;
    const who = user ?? `the user ${process.geteuid?.() ?? ''}`.trim();
    return make(
      `${who} may not use the Docker engine at ${where}: only its owner and the group ${group} may`,
      user === null
        ? `run it as a user of the group ${group}`
        : `sudo usermod -aG ${group} ${user}, then log in anew`
    );
  }
  if (code === 'ENOENT' || facts?.exists === false) {
    return make(
      `no Docker engine: there is no ${where}`,
      from === 'DOCKER_HOST'
        ? 'mend DOCKER_HOST, or unset it'
        : 'install Docker Engine and start it: https://docs.docker.com/engine/install/'
    );
  }
  if (code === 'ECONNREFUSED') {
    return make(
      `no Docker engine answers at ${where}`,
      'start it: sudo systemctl start docker'
    );
  }
  return make(
    `the Docker engine at ${where} does not answer: ${reason}`,
    'docker version shows whether it can be reached'
  );
}

/** Looks at a socket that could not be used. */
export async function socketFacts(socket: string): Promise<SocketFacts> {
  const user = userName();
  const stats = await stat(socket).catch(() => null);
  if (stats === null) return { exists: false, group: null, user };
  return { exists: true, group: await groupName(stats.gid), user };
}

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null; // as in a container that was given a number
  }
}

async function groupName(gid: number): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('getent', [
      'group',
      String(gid),
    ]);
    return stdout.split(':')[0] ?? String(gid);
  } catch {
    return String(gid); // no getent, or a group without a name
  }
}
