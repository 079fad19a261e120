/** Notices that a stream no longer had what came after our cursor. */

/** Shortest hole that counts, µs: no shorter one is worth an alarm. */
export const MIN_GAP_US = 60 * 1_000_000;

/**
 * How many times the mean spacing quiet can explain. With events that are
 * independent of each other a pause of 20 mean spacings has a probability of
 * e^-20, one in 500 million.
 */
export const QUIET_SPACINGS = 20;

/** From when to when events may be missing, µs since 1970. */
export interface Gap {
  readonly fromUs: number;
  readonly toUs: number;
}

/** What is known at the first event of a connection. */
export interface GapFacts {
  /** Up to where all was read, µs; null at the very beginning. */
  readonly coveredUs: number | null;
  /** `time_us` of the connection's first event. */
  readonly firstUs: number;
  /** Mean time between events before, µs; null when there were too few. */
  readonly meanSpacingUs: number | null;
}

/**
 * Jetstream keeps one to three days; asked for an older cursor it begins at
 * its oldest event and does not say so. A first event that is much later than
 * the cursor, and later than a quiet stream explains, tells.
 */
export function detectGap(facts: GapFacts): Gap | null {
  const { coveredUs, firstUs, meanSpacingUs } = facts;
  if (coveredUs === null) return null;
  const quietUs = QUIET_SPACINGS * (meanSpacingUs ?? 0);
  if (firstUs - coveredUs <= Math.max(MIN_GAP_US, quietUs)) return null;
  return { fromUs: coveredUs, toUs: firstUs };
}

/** Weight of the newest spacing in the mean. */
const WEIGHT = 1 / 64;
/** Spacings before the mean says anything. */
const ENOUGH = 8;

/** The mean time between the events of a stream, recent ones weighing more. */
export class MeanSpacing {
  #meanUs = 0;
  #count = 0;
  #lastUs: number | null = null;

  /** Mean in µs; null before there were enough events. */
  get valueUs(): number | null {
    return this.#count < ENOUGH ? null : this.#meanUs;
  }

  /** A new connection: the way to its first event is no spacing. */
  interrupt(): void {
    this.#lastUs = null;
  }

  /** Takes in the time of the next event, µs. */
  add(timeUs: number): void {
    const last = this.#lastUs;
    this.#lastUs = timeUs;
    if (last === null) return;
    const spacing = Math.max(0, timeUs - last);
    this.#count++;
    const weight = Math.max(WEIGHT, 1 / this.#count);
    this.#meanUs += (spacing - this.#meanUs) * weight;
  }
}
