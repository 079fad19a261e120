import { stringify } from 'yaml';
import type { CheckResult } from '../check.js';

/**
 * The results as TAP 14 (https://testanything.org/tap-version-14-specification).
 * Pure.
 *
 * @param strict a skip counts as not ok
 */
export function tapReport(
  results: readonly CheckResult[],
  strict: boolean
): string {
  const plan =
    results.length === 0 ? '1..0 # no checks' : `1..${results.length}`;
  const lines = ['TAP version 14', plan];
  for (const [index, result] of results.entries()) {
    const isSkip = result.status === 'skip';
    const isOk = result.status === 'pass' || (isSkip && !strict);
    const directive =
      isSkip && !strict ? ` # SKIP ${escaped(result.message)}` : '';
    const head = isOk ? 'ok' : 'not ok';
    lines.push(
      `${head} ${index + 1} - ${escaped(`${result.id}: ${result.name}`)}${directive}`,
      ...diagnostics(result)
    );
  }
  return lines.join('\n');
}

function diagnostics(result: CheckResult): readonly string[] {
  const { durationMs, message, warning, seen, expected } = result;
  const { suggestion, blockedBy } = result;
  const block = {
    duration_ms: durationMs,
    message,
    ...(warning === undefined ? {} : { warning }),
    ...(seen === undefined ? {} : { seen }),
    ...(expected === undefined ? {} : { expected }),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(blockedBy === undefined ? {} : { blocked_by: blockedBy }),
  };
  const yaml = stringify(block, { lineWidth: 0 }).trimEnd().split('\n');
  return ['---', ...yaml, '...'].map((line) => `  ${line}`.trimEnd());
}

/** `#` begins a directive; a line end would end the test point. */
function escaped(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('#', '\\#');
}
