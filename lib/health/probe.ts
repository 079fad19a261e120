/**
 * A probe is a question as data: how to take a reading, and how to judge the
 * readings taken so far. Judging is pure, so thresholds are tested as tables.
 */

/** What readings come to. */
export interface Judgement {
  /** `fail`: waiting longer would not help. */
  readonly state: 'pass' | 'wait' | 'fail';
  /** A sentence for people. */
  readonly detail: string;
}

/** A reading and when it was taken. */
export interface Reading<R> {
  readonly value: R;
  /** Monotonic (ms). */
  readonly atMs: number;
}

/** One question about something that runs. */
export interface Probe<R> {
  readonly name: 'alive' | 'ready' | 'fresh';
  /** What is asked, for people: `http://127.0.0.1:6789/ready`. */
  readonly target: string;
  /** Takes a reading. @throws HealthError, or the signal's reason */
  readonly read: (signal: AbortSignal) => Promise<R>;
  /** Judges the readings, oldest first; at least one. Pure. */
  readonly judge: (readings: readonly Reading<R>[]) => Judgement;
}
