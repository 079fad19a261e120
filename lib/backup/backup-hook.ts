import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BackupError } from './backup-error.js';

/** What a hook is run with. */
export interface HookOptions {
  readonly signal: AbortSignal;
  /** How long it may take (ms): it may have to send terabytes. */
  readonly deadlineMs: number;
  /** Told of the lines that it prints. */
  readonly onLine: (line: string) => void;
}

/**
 * Runs the program that takes a finished backup elsewhere:
 *
 *     HOOK created /path/of/backups/constellation-20261124T140423Z-1f9ac2
 *
 * No shell is between. The environment is that of this process.
 *
 * @throws BackupError HOOK_FAILED; the signal's reason
 */
export async function runHook(
  program: string,
  backup: string,
  { signal, deadlineMs, onLine }: HookOptions
): Promise<void> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(deadlineMs);
  const child = spawn(program, ['created', backup], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, deadline]),
  });
  let last = '';
  const take = (chunk: Buffer): void => {
    for (const line of chunk.toString().split(/\r?\n/)) {
      if (line.trim() === '') continue;
      last = line.trim().slice(0, 300);
      onLine(last);
    }
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  try {
    const ended: unknown[] = await once(child, 'close');
    const code = ended[0];
    signal.throwIfAborted();
    if (code === 0) return;
    throw new Error(`it ended with ${String(code)}`);
  } catch (cause) {
    signal.throwIfAborted();
    const why = deadline.aborted ? `it took more than ${deadlineMs} ms` : last;
    throw new BackupError(
      `the hook ${program} failed${why === '' ? '' : `: ${why}`}`,
      {
        code: 'HOOK_FAILED',
        cause,
        suggestion: `the backup itself is good; run the hook again: ${program} created ${backup}`,
      }
    );
  }
}
