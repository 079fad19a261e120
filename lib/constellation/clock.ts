/** Cancels a timer; calling it twice or after it fired does nothing. */
export type CancelTimer = () => void;

/**
 * Time, as everything here sees it. Durations and ages use `monotonicMs`, so
 * a jump of the wall clock changes none of them; `wallMs` is only compared
 * with times that came from elsewhere (TIDs, Redis entries, HTTP dates).
 */
export interface Clock {
  /** Milliseconds since 1970; may jump. */
  wallMs(): number;
  /** Milliseconds since some start; never goes back. */
  monotonicMs(): number;
  /** Calls back once, `delayMs` from now. Keeps the process alive meanwhile. */
  after(delayMs: number, callback: () => void): CancelTimer;
  /** Like `after`, but does not keep the process alive. */
  afterIdle(delayMs: number, callback: () => void): CancelTimer;
}

/** The longest delay `setTimeout` takes without overflowing to 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function timer(delayMs: number, callback: () => void): NodeJS.Timeout {
  return setTimeout(
    callback,
    Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(delayMs)))
  );
}

/** The clock of this machine. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const handle = timer(delayMs, callback);
    return () => clearTimeout(handle);
  },
  afterIdle(delayMs, callback) {
    const handle = timer(delayMs, callback).unref();
    return () => clearTimeout(handle);
  },
};
