import { badOption, checkNumber, type NumberRule } from './option-check.js';

/** One environment variable: what it means and how it is read. */
export interface EnvironmentVariable<T> {
  readonly name: string;
  /** A sentence with the unit, for documents. */
  readonly description: string;
  /** @throws ConstellationError `BAD_OPTION` or `BAD_URL`, naming the variable */
  readonly read: (text: string, name: string) => T;
}

/** A set of variables, as `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable's value; undefined where it is unset, or empty as Compose has it. */
export function readVariable<T>(
  variable: EnvironmentVariable<T>,
  environment: Environment
): T | undefined {
  const text = environment[variable.name]?.trim() ?? '';
  return text === '' ? undefined : variable.read(text, variable.name);
}

/** Reads `true` or `false` and nothing else. */
export function readBoolean(text: string, name: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw badOption(name, text, 'is neither true nor false');
}

/** A reader of decimal numbers within a rule. */
export function numberReader(
  rule: NumberRule
): (text: string, name: string) => number {
  return (text, name) => {
    if (!/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) {
      throw badOption(name, text, 'is not a decimal number');
    }
    const value = Number(text);
    checkNumber(name, value, rule);
    return value;
  };
}
