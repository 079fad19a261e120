import type { Clock } from './clock.js';
import type { Flight } from './single-flight.js';

/** Why a wait ended. */
export type LandingEnd = 'landed' | 'deadline' | 'aborted';

/**
 * Waits until all flights have landed, the time is up, or the caller gives
 * up; whichever is first. Flights go on without the caller.
 *
 * @param untilMs monotonic milliseconds
 */
export function waitForFlights(
  flights: readonly Flight<unknown>[],
  clock: Clock,
  untilMs: number,
  signal: AbortSignal | undefined
): Promise<LandingEnd> {
  if (signal?.aborted === true) return Promise.resolve('aborted');
  return new Promise((resolve) => {
    let left = flights.length;
    let ended = false;
    const finish = (end: LandingEnd): void => {
      if (ended) return;
      ended = true;
      cancel();
      signal?.removeEventListener('abort', onAbort);
      for (const flight of flights) flight.waiting -= 1;
      resolve(end);
    };
    const onAbort = (): void => finish('aborted');
    const onLanded = (): void => {
      left -= 1;
      if (left === 0) finish('landed');
    };
    for (const flight of flights) {
      flight.waiting += 1;
      void flight.landed.then(onLanded);
    }
    const cancel = clock.after(untilMs - clock.monotonicMs(), () =>
      finish('deadline')
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
