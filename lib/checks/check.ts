/** How a check ended. A skip is never a pass: it says that nothing was shown. */
export type CheckStatus = 'pass' | 'fail' | 'skip';

/** What a check found besides its verdict, for `--json`. */
export type Facts = Readonly<
  Record<string, string | number | boolean | null | readonly string[]>
>;

/** The subject is as it should be; the message says what was seen. */
export interface Passed {
  readonly status: 'pass';
  readonly message: string;
  /** What will be wrong soon; it does not count against the run. */
  readonly warning?: string | undefined;
  readonly facts?: Facts | undefined;
}

/** The subject is not as it should be. */
export interface Failed {
  readonly status: 'fail';
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What was seen, with numbers and their units. */
  readonly seen: string;
  readonly expected: string;
  /** The next command to run, or what to change. */
  readonly suggestion: string;
  readonly facts?: Facts | undefined;
  /**
   * What depends on this check can be looked at all the same (default false:
   * it is skipped, because of this).
   */
  readonly usable?: boolean | undefined;
}

/** There was nothing to look at. */
export interface Skipped {
  readonly status: 'skip';
  /** Why. */
  readonly message: string;
  /** How to have it looked at. */
  readonly suggestion?: string | undefined;
  readonly facts?: Facts | undefined;
}

/** What a check comes to. */
export type CheckOutcome = Passed | Failed | Skipped;

/** One check, as data. `Context` is what it looks at. */
export interface Check<Context> {
  /** Short and stable: what `--only` and the reports name it by. */
  readonly id: string;
  /** What is checked, for people. */
  readonly name: string;
  /**
   * Ids of checks without which this one means nothing. Where one of them
   * failed, this one is skipped because of it. They must stand before it.
   */
  readonly needs: readonly string[];
  /**
   * Looks at the subject. What it throws counts as a failure.
   *
   * @param signal fires at the deadline and when the run is interrupted
   */
  readonly run: (
    context: Context,
    signal: AbortSignal
  ) => Promise<CheckOutcome>;
}

/** A check that was run, or was not. */
export interface CheckResult {
  readonly id: string;
  readonly name: string;
  /** Its place in the whole list, from 1, whatever was selected. */
  readonly number: number;
  readonly status: CheckStatus;
  readonly durationMs: number;
  readonly message: string;
  readonly warning?: string | undefined;
  readonly seen?: string | undefined;
  readonly expected?: string | undefined;
  readonly suggestion?: string | undefined;
  readonly facts?: Facts | undefined;
  /** The failed check because of which this one was not run. */
  readonly blockedBy?: string | undefined;
}
