import type { CheckResult } from './check.js';

/** What all results come to. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of the whole run. */
  readonly durationMs: number;
  /** Nothing failed, and with `strict` nothing was skipped. */
  readonly ok: boolean;
}

/** How the run is judged. */
export interface SummaryOptions {
  readonly durationMs: number;
  /** Skips count against it. */
  readonly strict: boolean;
}

/** Counts the results. Pure. */
export function summarise(
  results: readonly CheckResult[],
  { durationMs, strict }: SummaryOptions
): Summary {
  const count = (status: CheckResult['status']): number =>
    results.filter((result) => result.status === status).length;
  const [passed, failed, skipped] = [
    count('pass'),
    count('fail'),
    count('skip'),
  ];
  return {
    passed,
    failed,
    skipped,
    durationMs: Math.round(durationMs),
    ok: failed === 0 && (!strict || skipped === 0),
  };
}
