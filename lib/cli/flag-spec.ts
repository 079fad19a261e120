import type { ExitCode } from './exit-codes.js';

interface FlagBase {
  /** What it does, for `--help`; one sentence without a full stop. */
  readonly help: string;
  /** Environment variable (and env file key) that answers it too. */
  readonly env?: string | undefined;
  /** One letter, without the dash. */
  readonly short?: string | undefined;
  /** What `--help` shows for the value, such as `DIR`. */
  readonly placeholder?: string | undefined;
}

/** `--name` or `--no-name`; without a default it can be undefined. */
export interface BooleanFlag extends FlagBase {
  readonly type: 'boolean';
  readonly default?: boolean | undefined;
}

/** A number with its unit and inclusive range. */
export interface NumberFlag extends FlagBase {
  readonly type: 'integer' | 'number';
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly default?: number | undefined;
}

/** One of a few words. */
export interface ChoiceFlag extends FlagBase {
  readonly type: 'choice';
  readonly choices: readonly string[];
  readonly default?: string | undefined;
}

/** Free text. */
export interface StringFlag extends FlagBase {
  readonly type: 'string';
  readonly default?: string | undefined;
  /** Never shown in an error or in help. */
  readonly secret?: boolean | undefined;
  /** Says what was expected where the text is not acceptable. */
  readonly check?: ((text: string) => string | undefined) | undefined;
}

/** Text that may be given several times; a comma separates in a variable. */
export interface ListFlag extends FlagBase {
  readonly type: 'list';
  readonly default?: readonly string[] | undefined;
  /** Says what was expected where one entry is not acceptable. */
  readonly check?: ((text: string) => string | undefined) | undefined;
}

/** What a flag is; the key it has in {@link CommandSpec.flags} is its name. */
export type FlagSpec =
  BooleanFlag | NumberFlag | ChoiceFlag | StringFlag | ListFlag;

/** Flags by camelCase name: `maxLatencyMs` is `--max-latency-ms`. */
export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

type Plain<S extends FlagSpec> = S extends { readonly type: 'boolean' }
  ? boolean
  : S extends { readonly type: 'integer' | 'number' }
    ? number
    : S extends {
          readonly type: 'choice';
          readonly choices: ReadonlyArray<infer C>;
        }
      ? C
      : S extends { readonly type: 'list' }
        ? readonly string[]
        : string;

/** The type of one flag's value; undefined only where it has no default. */
export type FlagValue<S extends FlagSpec> = S extends
  { readonly type: 'list' } | { readonly default: boolean | number | string }
  ? Plain<S>
  : Plain<S> | undefined;

/** The values of all flags of a command. */
export type FlagValues<F extends FlagSpecs> = {
  readonly [K in keyof F]: FlagValue<F[K]>;
};

/** A command line: what it is for, its flags, and what `--help` says. */
export interface CommandSpec<F extends FlagSpecs = FlagSpecs> {
  /** How it is called, such as `npx zx scripts/setup.ts`. */
  readonly command: string;
  /** What it is for, in a sentence or two. */
  readonly purpose: string;
  readonly flags: F;
  /** Plain arguments; none when absent. */
  readonly positionals?:
    | {
        readonly placeholder: string;
        readonly help: string;
        /** Words it may be, with what each means, for `--help`. */
        readonly rows?: ReadonlyArray<readonly [string, string]> | undefined;
        readonly min: number;
        readonly max: number;
      }
    | undefined;
  /** Codes this command has besides (or worded other than) the common ones. */
  readonly exitCodes?: ReadonlyArray<readonly [ExitCode, string]> | undefined;
  readonly examples?:
    | ReadonlyArray<{ readonly command: string; readonly does: string }>
    | undefined;
}

/** Returns the spec; keeps the literal types that the values come from. */
export function defineCommand<const F extends FlagSpecs>(
  spec: CommandSpec<F>
): CommandSpec<F> {
  return spec;
}

/** Flags that every script has. */
export const STANDARD_FLAGS = {
  yes: {
    type: 'boolean',
    short: 'y',
    default: false,
    help: 'ask nothing; take the defaults for what is not given',
  },
  dryRun: {
    type: 'boolean',
    default: false,
    help: 'show what would be done, do nothing',
  },
  json: {
    type: 'boolean',
    default: false,
    help: 'print one JSON document on stdout instead of text',
  },
} as const satisfies FlagSpecs;

/** `maxLatencyMs` → `--max-latency-ms`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
