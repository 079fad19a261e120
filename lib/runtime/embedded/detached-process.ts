import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { identityOf, type ProcessIdentity } from '../process-identity.js';
import { RuntimeError } from '../runtime-error.js';
import { childEnvironment } from './child-environment.js';
import type { ProcessCommand } from './embedded-command.js';

/**
 * Starts a process that outlives this one: in a session of its own, so that
 * Ctrl-C in the terminal does not reach it; in the root folder, so that no
 * folder is kept from being removed; its output in a file that begins anew.
 *
 * @throws RuntimeError START_FAILED when it cannot be started at all
 */
export async function startDetached(
  command: ProcessCommand,
  outFile: string,
  env: Readonly<Record<string, string | undefined>> = process.env
): Promise<ProcessIdentity> {
  mkdirSync(path.dirname(outFile), { recursive: true });
  const out = openSync(outFile, 'w', 0o640);
  try {
    const child = spawn(command.file, command.args, {
      cwd: '/',
      detached: true,
      env: { ...childEnvironment(env), ...command.env },
      stdio: ['ignore', out, out],
    });
    child.unref();
    if (child.pid === undefined) {
      const cause: unknown = (await once(child, 'error'))[0];
      throw new RuntimeError(`${command.file} cannot be started`, {
        code: 'START_FAILED',
        cause,
      });
    }
    const identity = identityOf(child.pid);
    if (identity === null) {
      throw new RuntimeError(`process ${child.pid} ended at once`, {
        code: 'START_FAILED',
        suggestion: `see ${outFile}`,
      });
    }
    return identity;
  } finally {
    closeSync(out);
  }
}
