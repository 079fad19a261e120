import type { CheckResult } from '../check.js';
import type { Summary } from '../summary.js';

/** What was looked at. */
export interface ReportSubject {
  /** The index that was asked. */
  readonly url: string;
  /** What runs it; null where that is not known. */
  readonly runtime: string | null;
  /** Invented data; null where it does not say. */
  readonly sample: boolean | null;
  /** The state folder. */
  readonly state: string;
}

/** The version of {@link ReportDocument}; it changes when a field changes its meaning or goes. */
export const REPORT_SCHEMA_VERSION = 1;

/**
 * What `--json` prints. Fields of a check that do not apply are absent; times
 * are milliseconds.
 */
export interface ReportDocument {
  readonly schemaVersion: typeof REPORT_SCHEMA_VERSION;
  readonly subject: ReportSubject;
  readonly strict: boolean;
  readonly checks: readonly CheckResult[];
  readonly summary: Summary;
}

/** Puts the document together. Pure. */
export function jsonReport(
  subject: ReportSubject,
  checks: readonly CheckResult[],
  summary: Summary,
  strict: boolean
): ReportDocument {
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    subject,
    strict,
    checks,
    summary,
  };
}
