import type { Clock } from './clock.js';
import { Ending, type EndListener } from './ending.js';
import type { Flight } from './single-flight.js';

/**
 * One listener for all calls with the same signal: Node prints a warning at the
 * eleventh, and a page that asks for each post by itself has fifty.
 */
const endings = new WeakMap<AbortSignal, Ending>();

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
      abort?.unlisten(onAbort);
      for (const flight of flights) flight.waiting -= 1;
      resolve(end);
    };
    const abort = signal === undefined ? undefined : endingOf(signal);
    const onAbort: EndListener = { onEnded: () => finish('aborted') };
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
    abort?.listen(onAbort);
  });
}

function endingOf(signal: AbortSignal): Ending {
  const known = endings.get(signal);
  if (known !== undefined) return known;
  const ending = new Ending();
  endings.set(signal, ending);
  signal.addEventListener('abort', () => ending.end(new Error('aborted')), {
    once: true,
  });
  return ending;
}
