import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { RuntimeError } from '../runtime-error.js';

/** Program and arguments; no shell is between. */
export type Command = readonly [program: string, ...args: readonly string[]];

/** How a program is run. */
export interface RunProgramOptions {
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** How long it may take (ms, default 120,000). */
  readonly deadlineMs?: number | undefined;
  /** Told of every line of stdout and stderr as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  /** Of both streams, oldest first. */
  readonly lastLines: readonly string[];
}

const KEPT_LINES = 200;
const MAX_STDOUT = 8 * 1024 * 1024;
/** Between asking a program to end and killing it (ms). */
const GRACE_MS = 5000;

/**
 * Runs a program to its end. Aborted, or too late, it is asked to end (SIGINT),
 * then killed.
 *
 * @throws RuntimeError NOT_AVAILABLE when there is no such program, TIMEOUT;
 *   the signal's reason
 */
export async function runProgram(
  [program, ...args]: Command,
  options: RunProgramOptions
): Promise<ProgramEnd> {
  const { cwd, env, signal, deadlineMs = 120_000, onLine } = options;
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let stdout = '';
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    onLine?.(line);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (stdout.length < MAX_STDOUT) stdout += `${line}\n`;
    keep(line);
  });
  createInterface({ input: child.stderr }).on('line', keep);
  let isLate = false;
  let killing: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGINT');
    killing ??= setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, deadlineMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal?.throwIfAborted();
    if (isLate) {
      throw new RuntimeError(
        `${[program, ...args.slice(0, 2)].join(' ')} did not end within ${deadlineMs} ms`,
        { code: 'TIMEOUT' }
      );
    }
    return { code, stdout, lastLines: lines };
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') {
      throw new RuntimeError(`there is no program ${program}`, {
        code: 'NOT_AVAILABLE',
        cause: error,
      });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(killing);
    signal?.removeEventListener('abort', end);
  }
}
