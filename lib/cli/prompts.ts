import type { Readable } from 'node:stream';
import { InterruptedError, UsageError } from './cli-error.js';
import {
  flagName,
  type CommandSpec,
  type FlagSpec,
  type FlagSpecs,
  type FlagValues,
} from './flag-spec.js';
import { quoted, readFlagText } from './flag-value.js';
import { missingAnswer, type Flags } from './flags.js';
import type { Output } from './output.js';
import { isTerminal } from './terminal.js';
import { columnsOf } from './text-width.js';

/** One answer among several. */
export interface PromptOption {
  readonly value: string;
  readonly label?: string | undefined;
  readonly hint?: string | undefined;
}

/** A question whose answer is a flag. */
export interface Question<V> {
  readonly message: string;
  /** What is offered (default: the flag's default). */
  readonly initial?: V | undefined;
  /** The answer `--yes` gives where the flag has no default. */
  readonly whenYes?: V | undefined;
  /** Offers these to choose from (choices of the flag by default). */
  readonly options?: readonly PromptOption[] | undefined;
}

/** Where questions are asked. */
export interface PrompterOptions {
  readonly output: Output;
  /** Fires when the command is interrupted; the question is taken back. */
  readonly signal: AbortSignal;
  /** Ask nothing (`--yes`). */
  readonly yes: boolean;
  /** Says in TERM what the terminal can do. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The keyboard (default `process.stdin`). */
  readonly input?: (Readable & { readonly isTTY?: boolean }) | undefined;
}

/**
 * Asks for what flags, environment and env file did not answer, on stderr, so
 * that stdout stays for results. Never asks with `--yes` or without a terminal
 * on both stdin and stderr; in a `dumb` one no key but Ctrl-C would arrive.
 */
export class Prompter<F extends FlagSpecs> {
  readonly #spec: CommandSpec<F>;
  readonly #flags: Flags<F>;
  readonly #options: PrompterOptions;

  constructor(spec: CommandSpec<F>, flags: Flags<F>, options: PrompterOptions) {
    this.#spec = spec;
    this.#flags = flags;
    this.#options = options;
  }

  /** Whether there is somebody to ask. */
  get canAsk(): boolean {
    const { yes, output, env, input = process.stdin } = this.#options;
    return !yes && [input, output.stderr].every((one) => isTerminal(one, env));
  }

  /**
   * The answer to a question: what was given, else what is typed, else with
   * `--yes` (or nobody to ask) the default.
   *
   * @throws UsageError `missing-answer` naming flag and variable
   * @throws InterruptedError at Ctrl-C or Esc
   */
  async ask<K extends keyof F & string>(
    key: K,
    question: Question<Exclude<FlagValues<F>[K], undefined>>
  ): Promise<Exclude<FlagValues<F>[K], undefined>> {
    type Value = Exclude<FlagValues<F>[K], undefined>;
    const given = this.#flags.values[key];
    const source = this.#flags.sources[key];
    const isGiven = source !== 'default' && source !== 'unset';
    if (isGiven && given !== undefined) return given as Value;
    const offered =
      source === 'default' ? (given as Value | undefined) : undefined;
    if (!this.canAsk) {
      const answer =
        offered ?? (this.#options.yes ? question.whenYes : undefined);
      if (answer === undefined) throw missingAnswer(this.#spec, key);
      return answer;
    }
    const typed = await this.#prompt(this.#flag(key), {
      message: question.message,
      initial: question.initial ?? offered,
      options: question.options,
    });
    return typed as Value; // read by readFlagText for this very flag
  }

  /**
   * The answer to a question that need not be answered: what was given, else
   * what is typed, else none. Asks for nothing that nobody can be asked.
   *
   * @param key the flag that answers it, of type string
   * @returns undefined for an empty line, and where nobody can be asked
   * @throws InterruptedError at Ctrl-C or Esc
   */
  async askOptional<K extends keyof F & string>(
    key: K,
    message: string
  ): Promise<string | undefined> {
    const given: unknown = this.#flags.values[key];
    if (typeof given === 'string') return given;
    if (!this.canAsk) return undefined;
    const typed = await this.#prompt(
      this.#flag(key),
      { message },
      { mayBeEmpty: true }
    );
    return typed === '' || typeof typed !== 'string' ? undefined : typed;
  }

  /**
   * Asks whether to go on, where there is somebody to ask; whoever cannot be
   * asked has said so with `--yes` or with a flag for every answer.
   *
   * @throws InterruptedError at Ctrl-C or Esc
   */
  async confirm(message: string): Promise<boolean> {
    if (!this.canAsk) return true;
    const typed = await this.#prompt(
      { type: 'boolean', help: '' },
      { message }
    );
    return typed === true;
  }

  #flag(key: string): FlagSpec {
    const flag = this.#spec.flags[key];
    if (flag === undefined) throw new TypeError(`no such flag: ${key}`);
    return flag;
  }

  /**
   * Asks whether something that cannot be taken back shall happen: its name
   * must be typed, or given with a flag (such as `--confirm NAME`).
   *
   * @param key the flag that answers it, of type string
   * @throws UsageError where the flag names something else, or nobody can be
   *   asked; InterruptedError at Ctrl-C or Esc
   */
  async confirmByName<K extends keyof F & string>(
    key: K,
    question: { readonly message: string; readonly name: string }
  ): Promise<void> {
    const given: unknown = this.#flags.values[key];
    const { name, message } = question;
    if (given === name) return;
    const flag = flagName(key);
    if (given !== undefined) {
      const problem = {
        code: 'bad-value',
        flag,
        message: `${flag} ${quoted(typeof given === 'string' ? given : '')}: expected ${quoted(name)}`,
      } as const;
      throw new UsageError([problem], `check what it names, then ${flag}`);
    }
    if (!this.canAsk) throw missingAnswer(this.#spec, key);
    await this.#prompt(
      { type: 'string', help: '', check: (text) => differs(text, name) },
      { message: `${message}\nType ${name} to go on:` }
    );
  }

  async #prompt(
    flag: FlagSpec,
    question: Question<unknown>,
    { mayBeEmpty = false } = {}
  ): Promise<boolean | number | string | readonly string[]> {
    const clack = await import('@clack/prompts');
    const { output, signal, input } = this.#options;
    const { message, initial } = question;
    // clack wraps at every character where the terminal says 0 columns.
    Reflect.set(output.stderr, 'columns', columnsOf(output.stderr));
    const common = {
      message,
      output: output.stderr,
      signal,
      ...(input === undefined ? {} : { input }),
    };
    const options =
      question.options ??
      (flag.type === 'choice'
        ? flag.choices.map((value): PromptOption => ({ value }))
        : undefined);
    const start = initial === undefined ? undefined : asText(initial);
    let answer: unknown;
    if (flag.type === 'boolean') {
      const initialValue = initial !== false;
      answer = await clack.confirm({ ...common, initialValue });
    } else if (options !== undefined) {
      answer = await clack.select<string>({
        ...common,
        options: options.map(({ value, label = value, hint }) =>
          hint === undefined ? { value, label } : { value, label, hint }
        ),
        ...(start === undefined ? {} : { initialValue: start }),
      });
    } else if (flag.type === 'string' && flag.secret === true) {
      answer = await clack.password({ ...common, validate: complaint(flag) });
    } else {
      const check = complaint(flag);
      answer = await clack.text({
        ...common,
        validate: (text = '') =>
          mayBeEmpty && text.trim() === '' ? undefined : check(text),
        ...(start === undefined ? {} : { initialValue: start }),
      });
    }
    if (typeof answer === 'symbol') throw this.#interruption();
    if (typeof answer === 'boolean') return answer;
    if (mayBeEmpty && isBlank(answer)) return '';
    return valueOf(flag, String(answer));
  }

  #interruption(): InterruptedError {
    const reason: unknown = this.#options.signal.reason;
    return reason instanceof InterruptedError ? reason : new InterruptedError();
  }
}

function complaint(flag: FlagSpec): (text?: string) => string | undefined {
  return (text = '') => {
    for (const entry of entriesOf(flag, text)) {
      const reading = readFlagText(flag, entry);
      if (!reading.ok) return `Expected ${reading.expected}.`;
    }
    return undefined;
  };
}

function valueOf(
  flag: FlagSpec,
  text: string
): boolean | number | string | readonly string[] {
  if (flag.type === 'list') return entriesOf(flag, text);
  const reading = readFlagText(flag, text);
  return reading.ok ? reading.value : text;
}

function entriesOf(flag: FlagSpec, text: string): readonly string[] {
  return flag.type === 'list'
    ? text.split(',').map((entry) => entry.trim())
    : [text];
}

function isBlank(answer: unknown): boolean {
  return typeof answer !== 'string' || answer.trim() === '';
}

function asText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

function differs(text: string, name: string): string | undefined {
  return text === name ? undefined : quoted(name);
}
