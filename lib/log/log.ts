/** The log of the process: one line an entry, for a person and for grep. */

/** How much a line matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** In growing order. */
export const LOG_LEVELS: readonly LogLevel[] = [
  'debug',
  'info',
  'warn',
  'error',
];

/** Takes a line, its newline included. */
export type LogSink = (line: string) => void;

/** Writes `TIME LEVEL TEXT`; line breaks in a text become spaces. */
export class Log {
  readonly #sink: LogSink;
  readonly #lowest: number;
  readonly #now: () => Date;

  constructor(
    sink: LogSink,
    level: LogLevel = 'info',
    now: () => Date = () => new Date()
  ) {
    this.#sink = sink;
    this.#lowest = LOG_LEVELS.indexOf(level);
    this.#now = now;
  }

  /** Writes a line if its level is high enough. */
  write(level: LogLevel, text: string): void {
    if (LOG_LEVELS.indexOf(level) < this.#lowest) return;
    const line = text.replaceAll(/\s*[\r\n]+\s*/g, ' ');
    const time = this.#now().toISOString();
    this.#sink(`${time} ${level.toUpperCase().padEnd(5)} ${line}\n`);
  }
}
