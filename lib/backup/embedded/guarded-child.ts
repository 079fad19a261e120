import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Starts a TypeScript module of ours as a process that ends with this one,
 * whatever ends this one: the child watches its stdin, which the system closes.
 *
 * @param module such as `./copy-store.ts`, absolute
 */
export function startGuarded(
  module: URL,
  args: readonly string[]
): ChildProcess {
  return spawn(
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx'),
      fileURLToPath(new URL('./guarded-entry.ts', import.meta.url)),
      fileURLToPath(module),
      ...args,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] }
  );
}

/** Waits for its end; asks it to go first, and insists after `graceMs`. */
export async function endGuarded(
  child: ChildProcess,
  graceMs = 10_000
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  try {
    await ended;
  } finally {
    clearTimeout(timer);
  }
}
