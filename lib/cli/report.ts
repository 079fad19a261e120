import type { Paint } from './colour.js';
import type { Output } from './output.js';
import { formatDuration } from './quantity.js';
import { Spinner } from './spinner.js';
import { isTerminal } from './terminal.js';
import { wrapHanging } from './wrap-words.js';

/** Before what does not fit into a step's first line. */
const INDENT = '    ';

/** How a step ended. */
export type StepEnd = 'done' | 'warned' | 'skipped' | 'failed';

/** How steps are shown. */
export interface StepsOptions {
  /** How many there will be: `[3/9]`; no numbers when absent. */
  readonly total?: number | undefined;
  /** Whether to animate (default: stderr is a terminal, outside CI). */
  readonly animate?: boolean | undefined;
  /** A monotonic clock in milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** Work that is going on; ends once. */
export interface Step {
  /** What is going on right now: shown on a terminal, not in a pipe. */
  update(text: string): void;
  /**
   * Runs a question; nothing moves on the screen in the meantime, and the time
   * is not the step's.
   */
  ask<T>(question: () => Promise<T>): Promise<T>;
  /** Ends well; the text says what came of it. */
  done(text?: string): void;
  /** Ends well enough; the text says what to look at. */
  warn(text: string): void;
  /** Was not needed or not possible; the text says why. */
  skip(text: string): void;
  /** Ends badly. */
  fail(text: string): void;
}

/**
 * Reports work step by step on stderr: a spinner on a terminal, one line a
 * step, when it ends, in a pipe.
 */
export class Steps {
  readonly #output: Output;
  readonly #total: number | undefined;
  readonly #animate: boolean;
  readonly #now: () => number;
  #count = 0;

  constructor(output: Output, options: StepsOptions = {}) {
    this.#output = output;
    this.#total = options.total;
    this.#animate = options.animate ?? isLively(output, process.env);
    this.#now = options.now ?? (() => performance.now());
  }

  /** Begins a step. End it before the next begins. */
  start(title: string): Step {
    this.#count += 1;
    const total = this.#total;
    const label =
      total === undefined ? title : `[${this.#count}/${total}] ${title}`;
    const startMs = this.#now();
    const spinner = this.#animate
      ? new Spinner(this.#output, label)
      : undefined;
    let ended = false;
    let askedMs = 0;
    const end = (how: StepEnd, text: string): void => {
      if (ended) return;
      ended = true;
      spinner?.stop();
      const took = formatDuration(this.#now() - startMs - askedMs);
      const line =
        text === '' ? label : `${label}: ${this.#output.aimed(text)}`;
      const { paint } = this.#output;
      const time = how === 'skipped' ? '' : ` ${paint.dim(`(${took})`)}`;
      const whole = `${mark(how, this.#animate, paint)} ${line}${time}`;
      for (const part of wrapHanging(whole, this.#output.columns, INDENT)) {
        this.#output.note(part);
      }
    };
    return {
      update: (text) => spinner?.update(`${label}: ${text}`),
      ask: async (question) => {
        spinner?.stop();
        const fromMs = this.#now();
        try {
          return await question();
        } finally {
          askedMs += this.#now() - fromMs;
          if (!ended) spinner?.resume();
        }
      },
      done: (text = '') => end('done', text),
      warn: (text) => end('warned', text),
      skip: (text) => end('skipped', text),
      fail: (text) => end('failed', text),
    };
  }
}

/**
 * A titled block of lines. It is open on the right, so that no path or width
 * of a character can break it.
 *
 * @param paint colours of the stream it goes to
 */
export function summaryBox(
  title: string,
  lines: readonly string[],
  paint: Paint
): string {
  const bar = paint.dim('│');
  return [
    `${paint.dim('┌')} ${paint.bold(title)}`,
    ...lines.flatMap((line) =>
      line.split('\n').map((part) => `${bar} ${part}`.trimEnd())
    ),
    paint.dim('└'),
  ].join('\n');
}

/**
 * `label  value` lines with the values under one another.
 *
 * @param columns values are broken to fit (default: never)
 */
export function labelled(
  rows: ReadonlyArray<readonly [label: string, value: string]>,
  columns = Number.POSITIVE_INFINITY
): string[] {
  const widest = Math.max(0, ...rows.map(([label]) => label.length));
  const indent = ' '.repeat(widest + 2);
  return rows.flatMap(([label, value]) => {
    const [first = '', ...more] = wrapHanging(value, columns, indent);
    return [`${label.padEnd(widest)}  ${first}`, ...more];
  });
}

function isLively(
  output: Output,
  env: Readonly<Record<string, string | undefined>>
): boolean {
  const inCi = (env['CI'] ?? '') !== '' && env['CI'] !== 'false';
  return !inCi && isTerminal(output.stderr, env);
}

/** A sign on a terminal, a word that grep finds in a pipe. */
function mark(how: StepEnd, isTerminal: boolean, paint: Paint): string {
  switch (how) {
    case 'done':
      return paint.green(isTerminal ? '✔' : 'ok  ');
    case 'warned':
      return paint.yellow(isTerminal ? '▲' : 'warn');
    case 'skipped':
      return paint.dim(isTerminal ? '–' : 'skip');
    case 'failed':
      return paint.red(isTerminal ? '✖' : 'FAIL');
  }
}
