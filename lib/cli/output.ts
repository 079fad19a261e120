import type { Writable } from 'node:stream';
import { aimCommands, type CommandAim } from './aimed-commands.js';
import { paintFor, type Paint } from './colour.js';
import { columnsOf } from './text-width.js';
import { wrapHanging } from './wrap-words.js';

/** A stream text goes to; a terminal says so itself. */
export type TextStream = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

/** Where a command's text goes. */
export interface OutputOptions {
  /** Results (default `process.stdout`). */
  readonly stdout?: TextStream | undefined;
  /** Progress, warnings, errors (default `process.stderr`). */
  readonly stderr?: TextStream | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** `--json`: one document on stdout and nothing else (default false). */
  readonly json?: boolean | undefined;
}

/**
 * Results on stdout, everything else on stderr. With `json`, stdout carries
 * exactly one JSON document and human results are left out.
 */
export class Output {
  readonly json: boolean;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Colours for text that goes to stderr. */
  readonly paint: Paint;
  /** Colours for text that goes to stdout. */
  readonly resultPaint: Paint;
  #documented = false;
  #aim: CommandAim = {};
  #beforeLine: (() => void) | undefined;

  constructor(options: OutputOptions = {}) {
    const { env = process.env } = options;
    this.stdout = options.stdout ?? process.stdout;
    this.stderr = options.stderr ?? process.stderr;
    this.json = options.json ?? false;
    this.paint = paintFor(this.stderr, env);
    this.resultPaint = paintFor(this.stdout, env);
  }

  /** Columns that text on stderr has to fit; no limit in a pipe. */
  get columns(): number {
    return fittingColumns(this.stderr);
  }

  /** Columns that text on stdout has to fit; no limit in a pipe. */
  get resultColumns(): number {
    return fittingColumns(this.stdout);
  }

  /** Whether the JSON document has been printed. */
  get documented(): boolean {
    return this.#documented;
  }

  /** What commands that are shown from now on have to be told. */
  aimAt(aim: CommandAim): void {
    this.#aim = aim;
  }

  /**
   * A text with its commands aimed. All that is written is; whoever breaks a text
   * into lines does it before.
   */
  aimed(text: string): string {
    return aimCommands(text, this.#aim);
  }

  /** A human result on stdout; left out with `--json`. */
  result(text: string): void {
    if (!this.json) this.#line(this.stdout, this.aimed(text));
  }

  /**
   * The result as data: printed with `--json` only.
   *
   * @throws TypeError when called twice with `--json`, or for a value that is
   *   no JSON: both are mistakes of the caller
   */
  document(value: unknown): void {
    if (!this.json) return;
    if (this.#documented) throw new TypeError('a second JSON document');
    const text: string | undefined = JSON.stringify(
      value,
      (_, part: unknown) =>
        typeof part === 'string' ? this.aimed(part) : part,
      2
    );
    if (text === undefined) throw new TypeError('not a JSON value');
    this.#documented = true;
    this.#line(this.stdout, text);
  }

  /** A line of progress on stderr. */
  note(text: string): void {
    this.#line(this.stderr, this.aimed(text));
  }

  /** A warning on stderr. */
  warn(text: string): void {
    const warning = `${this.paint.yellow('Warning:')} ${this.aimed(text)}`;
    for (const line of wrapHanging(warning, this.columns, '    ')) {
      this.note(line);
    }
  }

  /** An error on stderr. */
  error(text: string): void {
    this.#line(this.stderr, `${this.paint.red('Error:')} ${this.aimed(text)}`);
  }

  /**
   * Registers what must happen before any other line is written: a spinner
   * wipes its line. Returns the function that takes the registration back.
   */
  interruptedBy(wipe: () => void): () => void {
    this.#beforeLine = wipe;
    return () => {
      if (this.#beforeLine === wipe) this.#beforeLine = undefined;
    };
  }

  #line(stream: TextStream, text: string): void {
    this.#beforeLine?.();
    stream.write(`${text}\n`);
  }
}

function fittingColumns(stream: TextStream): number {
  return stream.isTTY === true ? columnsOf(stream) : Number.POSITIVE_INFINITY;
}
