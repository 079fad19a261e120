import { RuntimeError } from './runtime-error.js';

/**
 * - `absent`: never started here.
 * - `starting`: processes are there, the API does not answer yet.
 * - `running`: all parts are there.
 * - `degraded`: the index is there, something beside it is not.
 * - `stopping`, `stopped`: as asked.
 * - `failed`: it ended and nobody asked for it.
 * - `unknown`: it was started in another container or on another machine, and
 *   cannot be seen from here.
 */
export type RuntimeState =
  | 'absent'
  | 'starting'
  | 'running'
  | 'degraded'
  | 'stopping'
  | 'stopped'
  | 'failed'
  | 'unknown';

/** Which state may follow which. Everything else is a mistake. */
export const RUNTIME_CHANGES: Readonly<
  Record<RuntimeState, readonly RuntimeState[]>
> = {
  absent: ['starting'],
  starting: ['running', 'failed', 'stopping'],
  running: ['degraded', 'stopping', 'failed'],
  degraded: ['running', 'stopping', 'failed'],
  stopping: ['stopped', 'failed'],
  stopped: ['starting'],
  failed: ['starting', 'stopped'],
  unknown: [],
};

/** What to do where a change is not possible. */
const WAY_OUT: Readonly<Record<RuntimeState, string>> = {
  absent: 'start it first: npx zx scripts/setup.ts',
  starting: 'wait until it has started, or stop it: npx zx scripts/teardown.ts',
  running: 'stop it first: npx zx scripts/teardown.ts',
  degraded: 'stop it first: npx zx scripts/teardown.ts',
  stopping: 'wait until it has stopped',
  stopped: 'start it first: npx zx scripts/setup.ts',
  failed: 'read its log, then start it again: npx zx scripts/setup.ts',
  unknown: 'do this where it was started',
};

/** Whether one state may follow another. */
export function mayChange(from: RuntimeState, to: RuntimeState): boolean {
  return RUNTIME_CHANGES[from].includes(to);
}

/**
 * @throws RuntimeError ILLEGAL_CHANGE, with the way out
 */
export function assertChange(from: RuntimeState, to: RuntimeState): void {
  if (mayChange(from, to)) return;
  throw new RuntimeError(`it is ${from} and cannot become ${to}`, {
    code: 'ILLEGAL_CHANGE',
    suggestion: WAY_OUT[from],
  });
}
