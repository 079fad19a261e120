import { parseArgs } from 'node:util';
import type { UsageProblem } from './cli-error.js';
import {
  flagName,
  type CommandSpec,
  type FlagSpec,
  type FlagSpecs,
} from './flag-spec.js';
import { expectation, quoted, readFlagText } from './flag-value.js';
import { nearest } from './nearest.js';

/** A value as it was typed and understood. */
export type GivenValue = boolean | number | string | readonly string[];

/** What stood on the command line, and what was wrong with it. */
export interface CommandLine {
  /** Values by flag key; a flag that was not typed is absent. */
  readonly given: ReadonlyMap<string, GivenValue>;
  readonly positionals: readonly string[];
  readonly helpAsked: boolean;
  readonly problems: readonly UsageProblem[];
}

interface OptionToken {
  readonly kind: 'option';
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/**
 * Reads the arguments after the script's path, strictly: every problem is
 * found, not only the first. Pure.
 */
export function readCommandLine(
  spec: CommandSpec,
  args: readonly string[]
): CommandLine {
  const byName = new Map<string, [key: string, flag: FlagSpec]>();
  const options: Record<
    string,
    { type: 'boolean' | 'string'; short?: string; multiple: true }
  > = { help: { type: 'boolean', short: 'h', multiple: true } };
  for (const [key, flag] of Object.entries(spec.flags)) {
    const name = flagName(key).slice(2);
    byName.set(name, [key, flag]);
    options[name] = {
      type: flag.type === 'boolean' ? 'boolean' : 'string',
      multiple: true,
      ...(flag.short === undefined ? {} : { short: flag.short }),
    };
  }
  // parseArgs only splits the arguments; its own strict mode stops at the
  // first error and takes `--port --yes` as a value in the lax one.
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    tokens: true,
  });

  const reader = new Reader(spec.flags, byName);
  let helpAsked = false;
  for (const token of tokens) {
    if (token.kind === 'positional') reader.positional(token.value);
    else if (token.kind === 'option' && token.name === 'help') helpAsked = true;
    else if (token.kind === 'option') reader.option(token);
  }
  const { given, positionals, problems } = reader;
  const { min = 0, max = 0, placeholder = '' } = spec.positionals ?? {};
  for (const extra of positionals.slice(max)) {
    const message = `unexpected argument ${quoted(extra)}`;
    problems.push({ code: 'extra-argument', message });
  }
  if (positionals.length < min) {
    const message = `argument ${placeholder} is missing`;
    problems.push({ code: 'missing-argument', message });
  }
  return { given, positionals, helpAsked, problems };
}

class Reader {
  readonly given = new Map<string, GivenValue>();
  readonly positionals: string[] = [];
  readonly problems: UsageProblem[] = [];
  readonly #names: ReadonlyMap<string, [string, FlagSpec]>;
  readonly #flags: FlagSpecs;

  constructor(
    flags: FlagSpecs,
    names: ReadonlyMap<string, [string, FlagSpec]>
  ) {
    this.#flags = flags;
    this.#names = names;
  }

  positional(text: string): void {
    this.positionals.push(text);
  }

  option(token: OptionToken): void {
    const known = this.#names.get(token.name);
    if (known !== undefined) {
      this.#known(known[0], known[1], token);
      return;
    }
    const denied = token.name.startsWith('no-')
      ? this.#names.get(token.name.slice(3))
      : undefined;
    if (denied?.[1].type === 'boolean') {
      if (token.value === undefined) this.#set(denied[0], token, false);
      else this.#bad(token, 'no value');
      return;
    }
    const words = [...this.#names.keys(), 'help'];
    const meant = token.rawName.startsWith('--')
      ? nearest(token.name, words)
      : undefined;
    const hint = meant === undefined ? '' : `; did you mean --${meant}?`;
    const shown = quoted(token.rawName).slice(1, -1);
    this.problems.push({
      code: 'unknown-flag',
      flag: shown,
      message: `unknown flag ${shown}${hint}`,
    });
  }

  #known(key: string, flag: FlagSpec, token: OptionToken): void {
    if (token.value === undefined) {
      if (flag.type === 'boolean') this.#set(key, token, true);
      else this.#missing(flag, token);
      return;
    }
    // `--data --yes`: the value was forgotten, unless it is a number.
    const looksLikeFlag = /^-./.test(token.value) && !token.inlineValue;
    const mayBeNegative = flag.type === 'integer' || flag.type === 'number';
    if (looksLikeFlag && !(mayBeNegative && /^-\d/.test(token.value))) {
      this.#missing(flag, token);
      if (token.value.startsWith('--')) this.#rescue(token.value);
      return;
    }
    const reading = readFlagText(flag, token.value);
    if (!reading.ok) {
      const secret = flag.type === 'string' && flag.secret === true;
      this.#bad(token, reading.expected, secret);
    } else if (flag.type === 'list') {
      const earlier = this.given.get(key);
      const list = typeof earlier === 'object' ? earlier : [];
      this.given.set(key, [...list, String(reading.value)]);
    } else {
      this.#set(key, token, reading.value);
    }
  }

  /** A flag that parseArgs took for a value still counts as typed. */
  #rescue(text: string): void {
    const [rawName = text, ...rest] = text.split('=');
    const value = rest.length === 0 ? undefined : rest.join('=');
    const name = rawName.slice(2);
    const key = this.#names.get(name)?.[0];
    const type = key === undefined ? undefined : this.#flags[key]?.type;
    if (value === undefined && type !== undefined && type !== 'boolean') return;
    this.option({ kind: 'option', name, rawName, value, inlineValue: true });
  }

  #set(
    key: string,
    token: OptionToken,
    value: boolean | number | string
  ): void {
    const earlier = this.given.get(key);
    if (earlier !== undefined && earlier !== value) {
      this.problems.push({
        code: 'repeated-flag',
        flag: token.rawName,
        message: `${token.rawName} is given twice with different values`,
      });
    }
    this.given.set(key, value);
  }

  #missing(flag: FlagSpec, token: OptionToken): void {
    this.problems.push({
      code: 'missing-value',
      flag: token.rawName,
      message: `${token.rawName} needs a value: ${expectation(flag)}`,
    });
  }

  #bad(token: OptionToken, expected: string, secret = false): void {
    const shown = secret ? '(value hidden)' : quoted(token.value ?? '');
    this.problems.push({
      code: 'bad-value',
      flag: token.rawName,
      message: `${token.rawName} ${shown}: expected ${expected}`,
    });
  }
}
