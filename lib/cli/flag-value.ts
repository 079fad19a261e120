import { withoutCredentials } from './credentials.js';
import type { FlagSpec } from './flag-spec.js';

/** A value read from text, or what was expected instead. */
export type Reading =
  | { readonly ok: true; readonly value: boolean | number | string }
  | { readonly ok: false; readonly expected: string };

const YES = new Set(['true', '1', 'yes', 'on']);
const NO = new Set(['false', '0', 'no', 'off']);

/** What a flag takes, in words: `an integer from 1 to 65535 (ms)`. */
export function expectation(spec: FlagSpec): string {
  switch (spec.type) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${spec.choices.join(', ')}`;
    case 'string':
    case 'list':
      return 'a text that is not empty';
    case 'integer':
    case 'number': {
      const kind = spec.type === 'integer' ? 'an integer' : 'a number';
      const unit = spec.unit === undefined ? '' : ` (${spec.unit})`;
      return `${kind}${range(spec.min, spec.max)}${unit}`;
    }
  }
}

function range(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  if (max !== undefined) return ` of at most ${max}`;
  return '';
}

/**
 * Reads one value. For a `list` this is one entry of it.
 *
 * @param spec what the flag takes
 * @param text what was typed or found in the environment
 */
export function readFlagText(spec: FlagSpec, text: string): Reading {
  const refused: Reading = { ok: false, expected: expectation(spec) };
  switch (spec.type) {
    case 'boolean': {
      const word = text.trim().toLowerCase();
      if (YES.has(word)) return { ok: true, value: true };
      if (NO.has(word)) return { ok: true, value: false };
      return refused;
    }
    case 'choice':
      return spec.choices.includes(text) ? { ok: true, value: text } : refused;
    case 'integer':
    case 'number': {
      const pattern = spec.type === 'integer' ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
      const value = pattern.test(text.trim()) ? Number(text) : Number.NaN;
      const fits =
        Number.isFinite(value) &&
        (spec.type === 'number' || Number.isSafeInteger(value)) &&
        (spec.min === undefined || value >= spec.min) &&
        (spec.max === undefined || value <= spec.max);
      return fits ? { ok: true, value } : refused;
    }
    case 'string':
    case 'list': {
      if (text.trim() === '' || text.includes('\0')) return refused;
      const expected = spec.check?.(text);
      return expected === undefined
        ? { ok: true, value: text }
        : { ok: false, expected };
    }
  }
}

/**
 * Foreign text made safe and short for a message: quoted, at most 80 long,
 * without the credentials of a URL.
 */
export function quoted(foreign: string): string {
  const text = withoutCredentials(foreign);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
