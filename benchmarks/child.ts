/** Processes of a benchmark: each part in its own, as in real life. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that says one JSON line when it is ready. */
export interface Child {
  readonly process: ChildProcess;
  /** The line, parsed. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** SIGTERM, then waits for the end. */
  readonly stop: () => Promise<void>;
}

/** Starts a module of this project and waits for its line. */
export async function startChild(
  module: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {}
): Promise<Child> {
  const file = new URL(`../${module}`, import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  const line = await Promise.race([
    new Promise<string>((resolve) => {
      createInterface({ input: child.stdout }).once('line', resolve);
    }),
    ended.then(() => {
      throw new Error(`${module} ended before it was ready`);
    }),
  ]);
  return {
    process: child,
    ready: JSON.parse(line) as Record<string, unknown>,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
