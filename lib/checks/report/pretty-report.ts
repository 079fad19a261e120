import { formatDuration, type Paint } from '../../cli/index.js';
import type { CheckResult, CheckStatus } from '../check.js';
import type { Summary } from '../summary.js';
import type { ReportSubject } from './json-report.js';

/** How text is shown. */
export interface PrettyOptions {
  /** Colours of the stream it goes to. */
  readonly paint: Paint;
  /** Signs on a terminal, words that grep finds in a pipe. */
  readonly signs: boolean;
}

const NAME_COLUMNS = 22;

/** The line above the results. Pure. */
export function prettyHead(
  { url, runtime, sample }: ReportSubject,
  { paint }: PrettyOptions
): string {
  const kind = runtime === null ? '' : ` (${runtime})`;
  const data = sample === true ? paint.yellow(' SAMPLE DATA, invented') : '';
  return `${paint.bold('Constellation Local')} at ${url}${kind}${data}`;
}

/** One result: a line, and under a failure what was seen and what is next. Pure. */
export function prettyResult(
  result: CheckResult,
  options: PrettyOptions
): string {
  const { paint } = options;
  const { number, name, status, message, durationMs } = result;
  const title = `${number} ${name}`.padEnd(NAME_COLUMNS);
  const took =
    result.blockedBy === undefined
      ? paint.dim(` (${formatDuration(durationMs)})`)
      : '';
  const lines = [
    `${mark(status, options)} ${paint.bold(title)} ${oneLine(message)}${took}`,
  ];
  const detail = (label: string, text: string | undefined): void => {
    if (text === undefined) return;
    const [first = '', ...rest] = text.split('\n').map(oneLine);
    const indent = ' '.repeat(options.signs ? 4 : 7);
    lines.push(`${indent}${paint.dim(label.padEnd(9))} ${first}`);
    for (const line of rest) lines.push(`${indent}${' '.repeat(9)} ${line}`);
  };
  detail('seen', result.seen);
  detail('expected', result.expected);
  detail('next', result.suggestion);
  return lines.join('\n');
}

/** The last line. Pure. */
export function prettySummary(
  { passed, failed, skipped, durationMs, ok }: Summary,
  { paint }: PrettyOptions
): string {
  const parts = [
    failed > 0 ? paint.red(`${failed} failed`) : '',
    passed > 0 ? paint.green(`${passed} passed`) : '',
    skipped > 0 ? paint.yellow(`${skipped} skipped`) : '',
  ].filter((part) => part !== '');
  const strict = !ok && failed === 0 ? '; --strict: a skip is a failure' : '';
  const counts = parts.length === 0 ? 'nothing checked' : parts.join(', ');
  return `${counts} in ${formatDuration(durationMs)}${strict}`;
}

function mark(status: CheckStatus, { paint, signs }: PrettyOptions): string {
  switch (status) {
    case 'pass':
      return paint.green(signs ? '✔' : 'ok  ');
    case 'fail':
      return paint.red(signs ? '✖' : 'FAIL');
    case 'skip':
      return paint.yellow(signs ? '–' : 'skip');
  }
}

/** Foreign text must not move the cursor or break a line. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
