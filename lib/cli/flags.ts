import { UsageError, type UsageProblem } from './cli-error.js';
import {
  readCommandLine,
  type CommandLine,
  type GivenValue,
} from './command-line.js';
import {
  flagName,
  type CommandSpec,
  type FlagSpec,
  type FlagSpecs,
  type FlagValues,
} from './flag-spec.js';
import { quoted, readFlagText } from './flag-value.js';

/** Where a value came from; the earlier one of this list wins. */
export type FlagSource = 'flag' | 'environment' | 'file' | 'default' | 'unset';

/** The values of a command's flags and where each came from. */
export interface Flags<F extends FlagSpecs> {
  readonly values: FlagValues<F>;
  readonly sources: { readonly [K in keyof F]: FlagSource };
  readonly positionals: readonly string[];
}

/** What answers a flag that was not typed. */
export interface FlagSurroundings {
  /** The process environment. An empty value counts as not set. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The env file's keys, asked after the environment. */
  readonly file?: Readonly<Record<string, string | undefined>> | undefined;
  /** The env file's name, for messages. */
  readonly fileName?: string | undefined;
}

/**
 * Completes a command line: flag, then environment, then env file, then
 * default. Pure.
 *
 * @throws UsageError with every problem of all four places
 */
export function resolveFlags<F extends FlagSpecs>(
  spec: CommandSpec<F>,
  line: CommandLine,
  surroundings: FlagSurroundings = {}
): Flags<F> {
  const problems: UsageProblem[] = [...line.problems];
  const values: Record<string, GivenValue | undefined> = {};
  const sources: Record<string, FlagSource> = {};
  for (const [key, flag] of Object.entries(spec.flags)) {
    const [value, source] = answer(key, flag, line, surroundings, problems);
    values[key] = value;
    sources[key] = source;
  }
  if (problems.length > 0) {
    throw new UsageError(problems, `${spec.command} --help`);
  }
  return {
    // Built from the same spec the types are inferred from, key by key.
    values: values as FlagValues<F>,
    sources: sources as { readonly [K in keyof F]: FlagSource },
    positionals: line.positionals,
  };
}

/** {@link readCommandLine} and {@link resolveFlags} in one. */
export function parseFlags<F extends FlagSpecs>(
  spec: CommandSpec<F>,
  args: readonly string[],
  surroundings: FlagSurroundings = {}
): Flags<F> {
  return resolveFlags(spec, readCommandLine(spec, args), surroundings);
}

function answer(
  key: string,
  flag: FlagSpec,
  line: CommandLine,
  { env = {}, file = {}, fileName = 'the env file' }: FlagSurroundings,
  problems: UsageProblem[]
): [GivenValue | undefined, FlagSource] {
  const typed = line.given.get(key);
  if (typed !== undefined) return [typed, 'flag'];
  if (flag.env !== undefined) {
    const places = [
      [env, 'environment', 'the environment'],
      [file, 'file', fileName],
    ] as const;
    for (const [record, source, place] of places) {
      const text = Object.hasOwn(record, flag.env) ? record[flag.env] : '';
      if (text === undefined || text === '') continue;
      const value = fromVariable(flag, flag.env, text, place, problems);
      return [value, source];
    }
  }
  if (flag.default !== undefined) return [flag.default, 'default'];
  return [flag.type === 'list' ? [] : undefined, 'unset'];
}

function fromVariable(
  flag: FlagSpec,
  name: string,
  text: string,
  place: string,
  problems: UsageProblem[]
): GivenValue | undefined {
  const entries =
    flag.type === 'list'
      ? text
          .split(',')
          .map((entry) => entry.trim())
          .filter((entry) => entry !== '')
      : [text];
  const read: Array<boolean | number | string> = [];
  for (const entry of entries) {
    const reading = readFlagText(flag, entry);
    if (reading.ok) {
      read.push(reading.value);
      continue;
    }
    const secret = flag.type === 'string' && flag.secret === true;
    const shown = secret ? '(value hidden)' : quoted(entry);
    problems.push({
      code: 'bad-value',
      flag: name,
      message: `${name}=${shown} in ${place}: expected ${reading.expected}`,
    });
  }
  return flag.type === 'list' ? read.map(String) : read[0];
}

/**
 * The error for an answer that nobody can be asked for.
 *
 * @param key the flag's key in the spec
 */
export function missingAnswer(spec: CommandSpec, key: string): UsageError {
  const env = spec.flags[key]?.env;
  const flag = flagName(key);
  const other = env === undefined ? '' : ` or set ${env}`;
  return new UsageError(
    [
      {
        code: 'missing-answer',
        flag,
        message: `an answer is missing: give ${flag}${other}`,
      },
    ],
    `${spec.command} --help`
  );
}
