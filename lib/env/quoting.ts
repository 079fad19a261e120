import { EnvError } from './env-error.js';
import type { Quoting } from './env-text.js';

/**
 * Writes a value so that everything that reads the file gets exactly the
 * value back: dotenv, Compose 2 (compose-go) and Compose 1 (python-dotenv).
 * Their rules differ, so each way of writing has a condition under which all
 * agree, taken from their parsers:
 *
 * - bare: dotenv ends it at any `#`, all trim it, Compose replaces `$NAME`;
 * - single quotes: Compose takes `\'` for a quote where dotenv keeps the
 *   backslash, and python-dotenv halves `\\`;
 * - double quotes: dotenv knows only `\n` and `\r`; Compose knows all of C's
 *   escapes and replaces `$NAME`.
 *
 * Backticks are dotenv's alone and never written. Compose 1 replaces `${NAME}`
 * even in single quotes and has no way to write it.
 *
 * @param key for the error only
 * @param preferred how the value is written now
 * @throws EnvError `unwritable-value`; the message never shows the value
 */
export function writeValue(
  key: string,
  value: string,
  preferred: Quoting = 'bare'
): string {
  const ways = [...WAYS];
  const first = ways.find(([name]) => name === preferred);
  // A bare value stays bare only where a shell would read the same.
  if (preferred !== 'bare' && first !== undefined) ways.unshift(first);
  for (const [, write] of ways) {
    const text = write(value);
    if (text !== undefined) return text;
  }
  throw new EnvError(
    `${key}: no quoting gives this value back in both dotenv and Compose`,
    {
      code: 'unwritable-value',
      problems: [{ key, message: 'cannot be written so that all read it' }],
      suggestion:
        'leave out the mixture of quotes, $, # and backslashes (in a URL, ' +
        'percent-encode them)',
    }
  );
}

/** Whether a value as written is one that every reader takes for the same. */
export function isReadAlike(
  raw: string,
  value: string,
  quoting: Quoting
): boolean {
  return WAYS.some(([name, write]) => name === quoting && write(value) === raw);
}

type Way = (value: string) => string | undefined;

/** In the order of preference. */
const WAYS: ReadonlyArray<readonly [Quoting, Way]> = [
  ['bare', shellSafe],
  ['single', inSingle],
  ['double', inDouble],
  ['bare', merelyBare],
  ['single', overLines],
];

/** Bare, and the same to a shell that sources the file. */
function shellSafe(value: string): string | undefined {
  return /^[\w./:@%+=,^-]*$/.test(value) ? value : undefined;
}

function inSingle(value: string): string | undefined {
  const impossible = /['\r\n\0]|\\\\|\\$/.test(value) || isUnpaired(value);
  return impossible ? undefined : `'${value}'`;
}

function inDouble(value: string): string | undefined {
  if (/["\\$\0]/.test(value) || isUnpaired(value)) return undefined;
  const inner = value.replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `"${inner}"`;
}

function merelyBare(value: string): string | undefined {
  const impossible =
    /^['"`]|[#$\0\r\n\u2028\u2029]/.test(value) ||
    value.trim() !== value ||
    isUnpaired(value);
  return impossible ? undefined : value;
}

/** In single quotes with the line breaks as they are. */
function overLines(value: string): string | undefined {
  const oneLine = inSingle(value.replaceAll('\n', ' '));
  const broken = /\\\n/.test(value);
  return oneLine === undefined || broken ? undefined : `'${value}'`;
}

/** Half a surrogate pair has no UTF-8. */
function isUnpaired(value: string): boolean {
  return /\p{Surrogate}/u.test(value);
}
