import { InterruptedError, type StopSignal } from './cli-error.js';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The part of `process` that signals come from. */
export interface SignalSource {
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
}

/** What happens when a person or the system asks the command to stop. */
export interface InterruptionHandlers {
  /** Told of the first request; the abort signal fires right after. */
  readonly onFirst: (error: InterruptedError) => void;
  /** Told of a second one: leave at once. */
  readonly onSecond: (error: InterruptedError) => void;
}

/** An abort signal that SIGINT, SIGTERM and SIGHUP fire. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** What stopped the command, once something did. */
  readonly error: () => InterruptedError | undefined;
  /** Stops as if the signal had come (a cancelled prompt). */
  readonly interrupt: (error: InterruptedError) => void;
  /** Removes the listeners. */
  readonly dispose: () => void;
}

/**
 * One Ctrl-C can arrive twice, from the terminal and once more through npx or
 * tsx, which pass it on: what comes this soon after the first is the same.
 */
const SAME_REQUEST_MS = 250;

/**
 * Listens for SIGINT, SIGTERM and SIGHUP until disposed.
 *
 * @param now a monotonic clock in milliseconds
 */
export function listenForInterruption(
  source: SignalSource,
  handlers: InterruptionHandlers,
  now: () => number = () => performance.now()
): Interruption {
  const controller = new AbortController();
  let first: InterruptedError | undefined;
  let firstAtMs = 0;
  const stop = (signal: StopSignal): void => {
    const error = new InterruptedError(signal);
    if (first !== undefined) {
      if (now() - firstAtMs >= SAME_REQUEST_MS) handlers.onSecond(error);
      return;
    }
    first = error;
    firstAtMs = now();
    handlers.onFirst(error);
    controller.abort(error);
  };
  for (const signal of SIGNALS) source.on(signal, stop);
  return {
    signal: controller.signal,
    error: () => first,
    interrupt: (error) => {
      if (first !== undefined) return;
      first = error;
      firstAtMs = now();
      controller.abort(error);
    },
    dispose: () => {
      for (const signal of SIGNALS) source.off(signal, stop);
    },
  };
}
