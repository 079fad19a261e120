/** How far ahead of our clock a host's clock is believed, µs. */
export const FUTURE_TOLERANCE_US = 10 * 60 * 1_000_000;

/** Whether an event claims to be from a time that cannot be. */
export function isFuture(timeUs: number, nowUs: number): boolean {
  return timeUs > nowUs + FUTURE_TOLERANCE_US;
}

/**
 * How far each host was read, and so where to go on.
 *
 * The same event has a `time_us` on one host that differs by seconds from that
 * on another, so each host has a point of its own, which never goes back. A
 * host goes on at its own point, or at the furthest other one less the rewind,
 * whichever is later: all before either of them has been read.
 */
export class ResumePoints {
  readonly #rewindUs: number;
  readonly #points = new Map<string, number>();

  /** @param start - where an earlier run got to; its host is null when unknown */
  constructor(
    rewindMs: number,
    start: { readonly cursorUs: number; readonly host: string | null } | null
  ) {
    this.#rewindUs = rewindMs * 1000;
    if (start !== null) this.#points.set(start.host ?? '', start.cursorUs);
  }

  /** The furthest point of all hosts, µs; null when nothing was ever read. */
  get furthestUs(): number | null {
    if (this.#points.size === 0) return null;
    return Math.max(...this.#points.values());
  }

  /** Where to begin on a host, µs; null: wherever it is now. */
  resumeAt(host: string): number | null {
    let resume: number | null = null;
    for (const [other, point] of this.#points) {
      const from = other === host ? point : Math.max(0, point - this.#rewindUs);
      if (resume === null || from > resume) resume = from;
    }
    return resume;
  }

  /**
   * Takes in an event's time.
   *
   * One from the far future does not move the point, since a resume there
   * would lose all that comes before it. Only when there is no point at all,
   * our clock stands in: then the stream is being read live, and should the
   * clock be slow instead, the worst is a replay.
   *
   * @returns the host's point, µs: what may be stored as the cursor
   */
  advance(host: string, timeUs: number, nowUs: number): number {
    const point = this.#points.get(host) ?? this.resumeAt(host);
    if (isFuture(timeUs, nowUs)) {
      const kept = point ?? nowUs;
      this.#points.set(host, kept);
      return kept;
    }
    const next = point === null ? timeUs : Math.max(point, timeUs);
    this.#points.set(host, next);
    return next;
  }
}
