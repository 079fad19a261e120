import { pause } from '../pause.js';
import { presenceOf, type ProcessIdentity } from '../process-identity.js';
import { RuntimeError } from '../runtime-error.js';

/** How a process is stopped. */
export interface StopProcessOptions {
  /** What it is, for messages: `the index`. */
  readonly name: string;
  /** How long it may take (ms). */
  readonly deadlineMs: number;
  /** SIGKILL after the deadline, instead of an error. */
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told about every second while it takes its time, with the time so far. */
  readonly onWait?: ((elapsedMs: number) => void) | undefined;
}

const POLL_MS = 25;
const TELL_MS = 1000;
const KILLED_MS = 5000;

/**
 * Asks a process to stop with SIGTERM and waits until it is gone. Only exactly
 * this process is touched, never a later one with the same pid.
 *
 * @returns how it ended; `gone` when it was not there any more
 * @throws RuntimeError STOP_TIMEOUT; ILLEGAL_CHANGE where it cannot be seen
 */
export async function stopProcess(
  identity: ProcessIdentity,
  options: StopProcessOptions
): Promise<'gone' | 'stopped' | 'killed'> {
  const { name, deadlineMs, force } = options;
  if (presenceOf(identity) === 'unknown') {
    throw new RuntimeError(
      `${name} (process ${identity.pid} on ${identity.hostname}) cannot be seen from here`,
      { code: 'ILLEGAL_CHANGE', suggestion: 'stop it where it was started' }
    );
  }
  if (!send(identity, 'SIGTERM')) return 'gone';
  if (await isGoneWithin(identity, deadlineMs, options)) return 'stopped';
  if (!force) {
    throw new RuntimeError(
      `${name} (process ${identity.pid}) has not stopped within ${deadlineMs} ms`,
      {
        code: 'STOP_TIMEOUT',
        suggestion:
          'wait and try again; --force ends it at once (what is committed stays)',
      }
    );
  }
  send(identity, 'SIGKILL');
  if (await isGoneWithin(identity, KILLED_MS, options)) return 'killed';
  throw new RuntimeError(
    `${name} (process ${identity.pid}) is there even after SIGKILL`,
    {
      code: 'STOP_TIMEOUT',
      suggestion: 'its disk may not answer: see dmesg; try again later',
    }
  );
}

/** @returns false when it is gone */
function send(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (presenceOf(identity) !== 'alive') return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    const code: unknown =
      error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ESRCH') return false;
    throw new RuntimeError(`process ${identity.pid} cannot be stopped`, {
      code: 'STOP_TIMEOUT',
      cause: error,
      suggestion: 'stop it as the user who started it',
    });
  }
}

async function isGoneWithin(
  identity: ProcessIdentity,
  limitMs: number,
  { signal, onWait }: StopProcessOptions
): Promise<boolean> {
  const startedMs = performance.now();
  let nextTellMs = TELL_MS;
  for (;;) {
    if (presenceOf(identity) === 'gone') return true;
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs >= limitMs) return false;
    if (elapsedMs >= nextTellMs) {
      onWait?.(elapsedMs);
      nextTellMs += TELL_MS;
    }
    await pause(POLL_MS, signal);
  }
}
