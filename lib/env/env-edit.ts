import { parse } from 'dotenv';
import { EnvError } from './env-error.js';
import {
  assignments,
  joinEnvText,
  readEnvText,
  type AssignmentLine,
  type EnvLine,
} from './env-text.js';
import { isReadAlike, writeValue } from './quoting.js';

/** What became of one key. */
export interface EnvChange {
  readonly key: string;
  readonly kind: 'added' | 'changed' | 'removed';
  /** What dotenv read before; null where the key was not there. May be secret. */
  readonly before: string | null;
  /** What it reads now; null where the key is gone. May be secret. */
  readonly after: string | null;
  /** The earlier value as it was written, quotes included. May be secret. */
  readonly beforeRaw?: string | undefined;
  /** The line it is (or was) on, counted from 1. */
  readonly line: number;
}

/** An edited text and what was changed in it. */
export interface EnvEdit {
  readonly text: string;
  /** Empty when everything was as wished; the text is then the same. */
  readonly changes: readonly EnvChange[];
}

/** One wish: the value a key shall have, null for none. */
export interface EnvWish {
  readonly key: string;
  readonly value: string | null;
  /** How to write it, if that reads back as the value. */
  readonly raw?: string | undefined;
}

/**
 * Changes keys in somebody's env file and nothing else: comments, order,
 * indentation, `export`, quoting, line ends, a byte order mark, a missing last
 * line end and all other keys stay byte for byte. Of a repeated key the last
 * one is changed, because that is the one dotenv and Compose read. New keys go
 * to the end. Null removes every assignment of the key; removing what an edit
 * added gives the earlier bytes back. Pure.
 *
 * @throws EnvError `broken-env`, `not-text`, `too-large` for a text that is
 *   better not touched, `bad-key`, `unwritable-value`, and `unsafe-edit` if
 *   dotenv would not read back exactly the wishes and otherwise the same
 */
export function editEnv(
  text: string,
  changes: Readonly<Record<string, string | null>>
): EnvEdit {
  return applyWishes(
    text,
    Object.entries(changes).map(([key, value]) => ({ key, value }))
  );
}

/** {@link editEnv} for wishes that also say how to write a value. */
export function applyWishes(text: string, wishes: readonly EnvWish[]): EnvEdit {
  const read = readEnvText(text);
  let lines: readonly EnvLine[] = read.lines;
  const changes: EnvChange[] = [];
  for (const wish of wishes) {
    if (!/^[A-Za-z_]\w*$/.test(wish.key) || wish.key === '__proto__') {
      throw new EnvError(`not a variable name: ${JSON.stringify(wish.key)}`, {
        code: 'bad-key',
      });
    }
    const [edited, change] = applyWish(lines, wish);
    lines = edited;
    if (change !== undefined) changes.push(change);
  }
  const edited = joinEnvText({ bom: read.bom, lines });
  checkReading(text, edited, wishes);
  return { text: edited, changes };
}

function applyWish(
  lines: readonly EnvLine[],
  { key, value, raw }: EnvWish
): readonly [readonly EnvLine[], EnvChange?] {
  const present = assignments({ bom: '', lines }).get(key);
  if (present === undefined) {
    if (value === null) return [lines];
    return append(lines, key, value, rawFor(key, value, raw));
  }
  if (present.value === value && isSettled(present, raw)) return [lines];
  const change = {
    key,
    before: present.value,
    after: value,
    beforeRaw: present.rawValue,
    line: present.line,
  };
  if (value === null) {
    return [without(lines, key), { ...change, kind: 'removed' }];
  }
  const written =
    rawFor(key, value, raw) ?? writeValue(key, value, present.quoting);
  const edited = lines.map((line) =>
    line === present ? rewritten(present, value, written) : line
  );
  return [edited, { ...change, kind: 'changed' }];
}

/** Whether a line that has the wished value can stay as it is. */
function isSettled(line: AssignmentLine, raw: string | undefined): boolean {
  if (raw !== undefined) return raw === line.rawValue;
  const { rawValue, value, quoting, tail } = line;
  // Compose takes `#` after a value, or after nothing, for part of it.
  const commentRead =
    tail.startsWith('#') || (rawValue === '' && tail.trim() !== '');
  return !commentRead && isReadAlike(rawValue, value, quoting);
}

function rewritten(
  line: AssignmentLine,
  value: string,
  written: string
): AssignmentLine {
  const noted = line.tail.trim() !== '';
  // An empty value before a comment: Compose would read the comment.
  const rawValue = written === '' && noted ? '""' : written;
  const tail = line.tail.startsWith('#') ? ` ${line.tail}` : line.tail;
  return { ...line, rawValue, value, tail };
}

function append(
  lines: readonly EnvLine[],
  key: string,
  value: string,
  raw: string | undefined
): readonly [readonly EnvLine[], EnvChange] {
  const written = raw ?? writeValue(key, value);
  const eol = firstLineEnd(lines) ?? '\n';
  const last = lines.at(-1);
  const closed = last === undefined || lineEnd(last) !== '';
  const kept = closed ? lines : [...lines.slice(0, -1), withEnd(last, eol)];
  const line = countLines(kept) + 1;
  const added: AssignmentLine = {
    kind: 'assignment',
    line,
    key,
    head: `${key}=`,
    rawValue: written,
    value,
    quoting: 'bare',
    tail: '',
    // A file without a last line end keeps going without one.
    eol: closed ? eol : '',
  };
  return [
    [...kept, added],
    { key, kind: 'added', before: null, after: value, line },
  ];
}

function without(lines: readonly EnvLine[], key: string): readonly EnvLine[] {
  const isKey = (line: EnvLine | undefined): boolean =>
    line?.kind === 'assignment' && line.key === key;
  const kept = lines.filter((line) => !isKey(line));
  const lastBefore = lines.at(-1);
  const last = kept.at(-1);
  const wasOpen = lastBefore !== undefined && lineEnd(lastBefore) === '';
  return wasOpen && isKey(lastBefore) && last !== undefined
    ? [...kept.slice(0, -1), withEnd(last, '')]
    : kept;
}

/** The given way of writing, if it reads back as the value. */
function rawFor(
  key: string,
  value: string,
  raw: string | undefined
): string | undefined {
  if (raw === undefined) return undefined;
  try {
    const [line, ...more] = readEnvText(`${key}=${raw}`).lines;
    const same =
      more.length === 0 &&
      line?.kind === 'assignment' &&
      line.value === value &&
      line.rawValue === raw;
    return same ? raw : undefined;
  } catch {
    return undefined; // it was written by something that we do not write
  }
}

/** Whoever edits another's file proves that only the wishes came true. */
function checkReading(
  before: string,
  after: string,
  wishes: readonly EnvWish[]
): void {
  const expected = new Map(Object.entries(parse(before)));
  for (const { key, value } of wishes) {
    if (value === null) expected.delete(key);
    else expected.set(key, value);
  }
  const found = new Map(Object.entries(parse(after)));
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    if (expected.get(key) !== found.get(key)) {
      throw new EnvError(
        `the edit would change what ${key} reads as; nothing was done`,
        {
          code: 'unsafe-edit',
          problems: [{ key, message: 'would be read otherwise' }],
          suggestion: 'change this file by hand',
        }
      );
    }
  }
}

function lineEnd(line: EnvLine): string {
  if (line.kind === 'assignment') return line.eol;
  return /(?:\r\n|\n|\r)$/.exec(line.raw)?.[0] ?? '';
}

function withEnd(line: EnvLine, eol: string): EnvLine {
  if (line.kind === 'assignment') return { ...line, eol };
  return { ...line, raw: line.raw.replace(/(?:\r\n|\n|\r)$/, '') + eol };
}

function firstLineEnd(lines: readonly EnvLine[]): string | undefined {
  return lines.map(lineEnd).find((eol) => eol !== '');
}

function countLines(lines: readonly EnvLine[]): number {
  const text = joinEnvText({ bom: '', lines });
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
