/**
 * Exit codes of the four scripts. They are part of the interface: cron jobs,
 * CI and systemd units decide by them, so a number never changes its meaning.
 * 129, 130 and 143 follow the shells (128 + signal number).
 */
export const EXIT = {
  /** Done, or nothing was left to do. */
  good: 0,
  /** Tried and failed; stderr says what and what to do next. */
  failed: 1,
  /** Wrong use: unknown flag, bad value, missing answer. Nothing was done. */
  wrongUse: 2,
  /** A backup was written but not verified. */
  unverified: 3,
  /** Nothing found to work on. */
  nothingFound: 10,
  /** Another run holds the lock. */
  locked: 11,
  /** Ended because its terminal closed (SIGHUP). */
  hungUp: 129,
  /** Ended by Ctrl-C (SIGINT). */
  interrupted: 130,
  /** Ended by SIGTERM. */
  terminated: 143,
} as const;

/** One of the codes above. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What `--help` says about the codes every script has, in order. */
export const EXIT_CODE_HELP: ReadonlyArray<readonly [ExitCode, string]> = [
  [EXIT.good, 'good'],
  [EXIT.failed, 'failed'],
  [EXIT.wrongUse, 'wrong use (unknown flag, bad value, missing answer)'],
  [EXIT.locked, 'locked by another run'],
  [EXIT.interrupted, 'interrupted'],
];
