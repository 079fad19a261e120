import { ConstellationError } from './errors.js';

/** One environment variable: what it means and how it is read. */
export interface EnvironmentVariable<T> {
  readonly name: string;
  /** For the example file; plain sentences with unit and range. */
  readonly description: string;
  /** What holds where it is unset, as it would be written; empty for nothing. */
  readonly example: string;
  /** @throws ConstellationError `BAD_OPTION` or `BAD_URL`, naming the variable */
  readonly read: (text: string, name: string) => T;
}

/** A variable's value; undefined where it is unset, or empty as Compose has it. */
export function readVariable<T>(
  variable: EnvironmentVariable<T>,
  environment: Readonly<Record<string, string | undefined>>
): T | undefined {
  const text = environment[variable.name]?.trim() ?? '';
  return text === '' ? undefined : variable.read(text, variable.name);
}

/** Reads `true` or `false` and nothing else. */
export function readBoolean(text: string, name: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw bad(name, text, 'is neither true nor false');
}

/** A reader of decimal numbers within a range. */
export function numberReader(
  least: number,
  most: number,
  kind: 'whole' | 'any' = 'whole'
): (text: string, name: string) => number {
  return (text, name) => {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
    const whole = kind === 'any' || Number.isInteger(value);
    if (value >= least && value <= most && whole) return value;
    const what = kind === 'whole' ? 'a whole number' : 'a number';
    throw bad(name, text, `is not ${what} from ${least} to ${most}`);
  };
}

function bad(name: string, text: string, problem: string): ConstellationError {
  const shown = JSON.stringify(
    text.length > 60 ? `${text.slice(0, 60)}…` : text
  );
  return new ConstellationError('BAD_OPTION', `${name}=${shown} ${problem}.`, {
    suggestion: `Change ${name} or remove it for its default.`,
  });
}
