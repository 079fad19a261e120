import { setMaxListeners } from 'node:events';
import type { Clock } from './clock.js';

/** A signal that is aborted after a time, or when its parent is. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Removes the timer and the listener; always to be called. */
  clear(): void;
}

/**
 * @param limitMs milliseconds until the signal is aborted
 * @param reason what it is aborted with
 * @param parent aborts it as well, with the parent's reason
 */
export function timeLimit(
  clock: Clock,
  limitMs: number,
  reason: () => Error,
  parent: AbortSignal
): TimeLimit {
  const controller = new AbortController();
  // A page of posts listens many times; Node warns of more than ten.
  setMaxListeners(0, controller.signal);
  const onParent = (): void => controller.abort(parent.reason);
  const cancel = clock.afterIdle(limitMs, () => controller.abort(reason()));
  if (parent.aborted) onParent();
  else parent.addEventListener('abort', onParent, { once: true });
  return {
    signal: controller.signal,
    clear() {
      cancel();
      parent.removeEventListener('abort', onParent);
    },
  };
}

/** Waits, unless the signal is aborted first: then throws its reason. */
export function pause(
  clock: Clock,
  delayMs: number,
  signal: AbortSignal
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.afterIdle(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
