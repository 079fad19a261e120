import { formatDuration, wrapWords, type Paint } from '../../cli/index.js';
import type { CheckResult, CheckStatus } from '../check.js';
import type { Summary } from '../summary.js';
import type { ReportSubject } from './json-report.js';

/** How text is shown. */
export interface PrettyOptions {
  /** Colours of the stream it goes to. */
  readonly paint: Paint;
  /** Signs on a terminal, words that grep finds in a pipe. */
  readonly signs: boolean;
  /** Width to wrap at; undefined: one line each, for grep. */
  readonly columns: number | undefined;
}

const NAME_COLUMNS = 22;
const LABEL_COLUMNS = 9;

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
  const { paint, signs, columns = Number.POSITIVE_INFINITY } = options;
  const { number, name, status, message, durationMs } = result;
  const title = `${number} ${name}`.padEnd(NAME_COLUMNS);
  const took =
    result.blockedBy === undefined
      ? ` (${formatDuration(durationMs).replaceAll(' ', '\u00a0')})`
      : '';
  const markColumns = signs ? 1 : 4;
  const lines: string[] = [];
  const put = (head: string, headColumns: number, text: string): void => {
    const [first = '', ...rest] = wrapWords(
      text,
      columns - headColumns - 1
    ).map((line) => line.replaceAll('\u00a0', ' '));
    lines.push(`${head} ${first}`);
    for (const line of rest) lines.push(`${' '.repeat(headColumns)} ${line}`);
  };
  put(
    `${mark(status, options)} ${paint.bold(title)}`,
    markColumns + 1 + NAME_COLUMNS,
    oneLine(message) + took
  );
  const indent = markColumns + 3;
  const detail = (label: string, text: string | undefined): void => {
    for (const [at, line] of (text?.split('\n') ?? []).entries()) {
      const shown = (at === 0 ? label : '').padEnd(LABEL_COLUMNS);
      const head = `${' '.repeat(indent)}${paint.dim(shown)}`;
      put(head, indent + LABEL_COLUMNS, oneLine(line));
    }
  };
  detail('warning', result.warning);
  detail('seen', result.seen);
  detail('expected', result.expected);
  if (result.suggestion !== undefined) {
    // Not wrapped: a command is copied from it.
    const label = paint.dim('next'.padEnd(LABEL_COLUMNS));
    lines.push(`${' '.repeat(indent)}${label} ${oneLine(result.suggestion)}`);
  }
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
