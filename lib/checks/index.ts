export {
  type Check,
  type CheckOutcome,
  type CheckResult,
  type CheckStatus,
  type Facts,
  type Failed,
  type Passed,
  type Skipped,
} from './check.js';
export type { CheckClock, CheckContext } from './check-context.js';
export { CheckError, type CheckErrorCode } from './check-error.js';
export { CHECK_LIMITS, type CheckLimits } from './check-limits.js';
export { CHECKS } from './checks.js';
export {
  openContext,
  type ContextOptions,
  type OpenContext,
} from './open-context.js';
export {
  jsonReport,
  REPORT_SCHEMA_VERSION,
  type ReportDocument,
  type ReportSubject,
} from './report/json-report.js';
export {
  prettyHead,
  prettyResult,
  prettySummary,
  type PrettyOptions,
} from './report/pretty-report.js';
export { tapReport } from './report/tap-report.js';
export {
  runChecks,
  type CheckTitle,
  type RunChecksOptions,
} from './run-checks.js';
export { selectChecks } from './select-checks.js';
export { summarise, type Summary, type SummaryOptions } from './summary.js';
