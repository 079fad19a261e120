import { EXIT, type CommandContext, type ExitCode } from '../cli/index.js';
import { deathOf } from '../runtime/death.js';
import { LockedError } from '../runtime/locked-error.js';
import { pause } from '../runtime/pause.js';
import { acquireLock } from '../runtime/process-lock.js';
import { RuntimeError } from '../runtime/runtime-error.js';
import type { SetupFlags } from './setup-command.js';
import type { SetupRun } from './setup-run.js';

const POLL_MS = 500;
/** How long another run that stops the index may take (ms). */
const OTHERS_STOP_MS = 40_000;

/**
 * Stays until the index ends or this process is asked to, as a service manager
 * wants it. The lock of the state folder is free meanwhile, so teardown works.
 *
 * @returns good when it was stopped as asked
 * @throws RuntimeError START_FAILED with the last log lines when it died
 */
export async function stayAttached(
  run: SetupRun,
  { endWhenAsked, signal, output }: CommandContext<SetupFlags>
): Promise<ExitCode> {
  const { runtime } = run.findings.get('runtime');
  endWhenAsked();
  output.note('Staying attached; Ctrl-C or SIGTERM stops the index.');
  for (;;) {
    if (signal.aborted) {
      await stop(run);
      output.note('Stopped, everything committed.');
      return EXIT.good;
    }
    const { state } = await runtime.status();
    if (state === 'stopped' || state === 'absent') {
      output.note('The index was stopped by another run.');
      return EXIT.good;
    }
    const death = await deathOf(runtime);
    if (death !== null) {
      const lines = death.lastLines.map((line) => `\n  | ${line}`).join('');
      throw new RuntimeError(`${death.message}${lines}`, {
        code: 'START_FAILED',
        suggestion: `see ${run.folder.indexLog}`,
      });
    }
    await pause(POLL_MS, signal).catch(() => undefined); // seen at the top
  }
}

async function stop({ findings, folder, output }: SetupRun): Promise<void> {
  const { runtime } = findings.get('runtime');
  const deadlineMs = performance.now() + OTHERS_STOP_MS;
  for (;;) {
    try {
      const lock = await acquireLock(folder.lock, { purpose: 'stop' });
      await runtime.stop({ onProgress: ({ text }) => output.note(text) });
      await lock.release();
      return;
    } catch (error) {
      // Teardown is at it already.
      const isOthers = error instanceof LockedError;
      if (!isOthers || performance.now() > deadlineMs) throw error;
      await pause(POLL_MS);
    }
  }
}
