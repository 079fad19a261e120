/** First step past a frame that is too large, µs. */
export const FIRST_STEP_US = 1000;
/** Each further step is so many times the one before. */
export const STEP_GROWTH = 4;

interface Obstacle {
  readonly furthestUs: number;
  readonly times: number;
  readonly stepUs: number;
}

/**
 * Gets past a frame above the size limit.
 *
 * A Jetstream that honours `maxMessageSizeBytes` leaves such an event out. One
 * that does not sends it after every reconnect, at the same place. Once may be
 * an accident; from the second time on that host, with nothing new read in
 * between, the cursor steps ahead: 1 ms, 4 ms, 16 ms, … until something new
 * comes. The event's own time is not known, since it was never read.
 * Each host is judged by itself: where another one has a way around, nothing
 * is skipped.
 */
export class OversizedSkip {
  readonly #obstacles = new Map<string, Obstacle>();

  /**
   * A frame was too large.
   *
   * @param furthestUs - the furthest point read on any host
   * @returns how far ahead the next connection to this host begins, µs
   */
  hit(host: string, furthestUs: number): number {
    const before = this.#obstacles.get(host);
    const again = before?.furthestUs === furthestUs ? before : null;
    const times = (again?.times ?? 0) + 1;
    const stepUs =
      times < 2
        ? 0
        : Math.max(FIRST_STEP_US, (again?.stepUs ?? 0) * STEP_GROWTH);
    this.#obstacles.set(host, { furthestUs, times, stepUs });
    return stepUs;
  }

  /**
   * Where to begin on a host that may have an obstacle.
   *
   * @param resumeUs - where to begin on it otherwise
   * @param nowUs - never later than this
   */
  resumeAt(
    host: string,
    resumeUs: number | null,
    furthestUs: number | null,
    nowUs: number
  ): number | null {
    const obstacle = this.#obstacles.get(host);
    if (obstacle === undefined || obstacle.stepUs === 0) return resumeUs;
    if (resumeUs === null || obstacle.furthestUs !== furthestUs) {
      return resumeUs;
    }
    return Math.max(
      resumeUs,
      Math.min(obstacle.furthestUs + obstacle.stepUs, nowUs)
    );
  }
}
