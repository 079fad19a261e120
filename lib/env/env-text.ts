import { parse } from 'dotenv';
import { EnvError, problemText, type EnvProblem } from './env-error.js';

/** How a value is written. */
export type Quoting = 'bare' | 'single' | 'double' | 'backtick';

/** A comment or an empty line, kept as it is. */
export interface PlainLine {
  readonly kind: 'plain';
  /** The text with its line end. */
  readonly raw: string;
}

/** `KEY=value`, taken apart so that only the value needs to change. */
export interface AssignmentLine {
  readonly kind: 'assignment';
  /** Counted from 1; where the assignment begins. */
  readonly line: number;
  readonly key: string;
  /** Everything before the value: indentation, `export`, key, `=`, space. */
  readonly head: string;
  /** The value as written, quotes included; may span lines. */
  readonly rawValue: string;
  /** What dotenv reads. */
  readonly value: string;
  readonly quoting: Quoting;
  /** Space and comment behind the value. */
  readonly tail: string;
  /** The line end; empty on a last line without one. */
  readonly eol: string;
}

/** A line of an env file (an assignment may span several). */
export type EnvLine = PlainLine | AssignmentLine;

/** An env file's text in parts; joined again they are the same text. */
export interface EnvText {
  readonly bom: string;
  readonly lines: readonly EnvLine[];
}

/** Larger files are no env files; refusing them bounds memory and time. */
export const MAX_ENV_CHARACTERS = 1024 * 1024;

/** At most so many problems are listed; a binary file has thousands. */
const MAX_PROBLEMS = 20;

const PLAIN = /[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r|$(?![^]))/y;
const HEAD = /[ \t]*(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=[ \t]*|:[ \t]+)/y;
// The same alternatives, in the same order, as dotenv's own expression, so
// that escaped quotes end a value here where they end it there.
const QUOTED =
  /('(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)([ \t]*(?:#[^\r\n]*)?)(\r\n|\n|\r|$(?![^]))/y;
const BARE = /([^#\r\n]*)(#[^\r\n]*)?(\r\n|\n|\r|$(?![^]))/y;
const REST_OF_LINE = /[^\r\n]*(?:\r\n|\n|\r|$(?![^]))/y;

/**
 * Takes an env file's text apart.
 *
 * @throws EnvError `too-large`, `not-text` (NUL bytes), `broken-env` with the
 *   line of each problem: a line that is no assignment, a quote that is not
 *   closed, or text that dotenv reads otherwise
 */
export function readEnvText(text: string): EnvText {
  if (text.length > MAX_ENV_CHARACTERS) {
    throw new EnvError(`larger than ${MAX_ENV_CHARACTERS} characters`, {
      code: 'too-large',
    });
  }
  const nul = text.indexOf('\0');
  if (nul !== -1) {
    const line = countLines(text.slice(0, nul)) + 1;
    throw broken([{ line, message: 'a NUL byte; this is no text file' }], true);
  }
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const lines: EnvLine[] = [];
  const problems: EnvProblem[] = [];
  let at = bom.length;
  let line = 1;
  while (at < text.length) {
    const read = readLine(text, at, line);
    if ('problem' in read) problems.push(read.problem);
    else lines.push(read.found);
    line += countLines(text.slice(at, read.end));
    at = read.end;
  }
  if (problems.length === 0) {
    problems.push(...otherReadings(text, lines));
  }
  if (problems.length > 0) throw broken(problems, false);
  return { bom, lines };
}

/** The text again, byte for byte. */
export function joinEnvText({ bom, lines }: EnvText): string {
  return bom + lines.map(lineText).join('');
}

/** A line's text with its line end. */
export function lineText(line: EnvLine): string {
  return line.kind === 'plain'
    ? line.raw
    : line.head + line.rawValue + line.tail + line.eol;
}

/** The assignments by key; where a key is repeated, the last one wins. */
export function assignments(
  text: EnvText
): ReadonlyMap<string, AssignmentLine> {
  const found = new Map<string, AssignmentLine>();
  for (const line of text.lines) {
    if (line.kind === 'assignment') found.set(line.key, line);
  }
  return found;
}

type LineRead =
  | { readonly found: EnvLine; readonly end: number }
  | { readonly problem: EnvProblem; readonly end: number };

function readLine(text: string, at: number, line: number): LineRead {
  const plain = match(PLAIN, text, at);
  if (plain !== undefined) {
    const [raw] = plain;
    return { found: { kind: 'plain', raw }, end: at + raw.length };
  }
  const head = match(HEAD, text, at);
  if (head?.[1] === undefined) {
    const message = 'not an assignment (KEY=value), a comment or empty';
    return { problem: { line, message }, end: endOfLine(text, at) };
  }
  const key = head[1];
  const start = at + head[0].length;
  const quoting = quotingOf(text[start]);
  const parts =
    (quoting === 'bare' ? undefined : match(QUOTED, text, start)) ??
    match(BARE, text, start);
  if (parts === undefined) {
    const message = 'cannot be read';
    return { problem: { line, key, message }, end: endOfLine(text, at) };
  }
  const [whole, written = '', comment = '', eol = ''] = parts;
  const rawValue = written.trimEnd();
  const tail = written.slice(rawValue.length) + comment;
  if (quoting !== 'bare' && !isEnclosed(rawValue)) {
    const quote = text[start] ?? '';
    const message = rawValue.slice(1).includes(quote)
      ? `text after the closing ${quote}`
      : `the quote ${quote} is not closed`;
    return { problem: { line, key, message }, end: endOfLine(text, at) };
  }
  const value = valueOf(rawValue, quoting);
  // `KEY=   # note`: the space belongs to the note, not in front of a value.
  const space = rawValue === '' ? (/=([ \t]*)$/.exec(head[0])?.[1] ?? '') : '';
  return {
    found: {
      kind: 'assignment',
      line,
      key,
      head: head[0].slice(0, head[0].length - space.length),
      rawValue,
      value,
      quoting,
      tail: space + tail,
      eol,
    },
    end: start + whole.length,
  };
}

/** What dotenv makes of a value as written. */
function valueOf(raw: string, quoting: Quoting): string {
  if (quoting === 'bare') return raw.trim();
  const inner = raw.slice(1, -1).replace(/\r\n?/g, '\n');
  return quoting === 'double'
    ? inner.replaceAll('\\n', '\n').replaceAll('\\r', '\r')
    : inner;
}

/**
 * dotenv is what reads the file in the end: where it sees other keys or
 * values than we do (unusual white space, for instance), hands off.
 */
function otherReadings(
  text: string,
  lines: readonly EnvLine[]
): readonly EnvProblem[] {
  const theirs = new Map(Object.entries(parse(text)));
  const ours = assignments({ bom: '', lines });
  const problems: EnvProblem[] = [];
  for (const [key, { line, value }] of ours) {
    // dotenv's result is a plain object, in which this key cannot be set.
    if (key === '__proto__') continue;
    if (theirs.get(key) !== value) {
      problems.push({ line, key, message: 'dotenv reads another value here' });
    }
  }
  for (const key of theirs.keys()) {
    if (!ours.has(key)) {
      const line = countLines(text.slice(0, text.indexOf(key))) + 1;
      const message = 'dotenv reads this key inside a line';
      problems.push({ line, key, message });
    }
  }
  return problems;
}

function broken(problems: readonly EnvProblem[], isBinary: boolean): EnvError {
  const listed = problems.slice(0, MAX_PROBLEMS);
  const more = problems.length - listed.length;
  const lines = listed.map(problemText);
  if (more > 0) lines.push(`and ${more} more`);
  return new EnvError(lines.join('\n'), {
    code: isBinary ? 'not-text' : 'broken-env',
    problems: listed,
    suggestion: 'mend these lines by hand, then run the same command again',
  });
}

function quotingOf(character: string | undefined): Quoting {
  if (character === "'") return 'single';
  if (character === '"') return 'double';
  return character === '`' ? 'backtick' : 'bare';
}

function isEnclosed(raw: string): boolean {
  return raw.length >= 2 && raw.at(-1) === raw[0];
}

function endOfLine(text: string, at: number): number {
  return at + Math.max(1, match(REST_OF_LINE, text, at)?.[0].length ?? 1);
}

function countLines(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function match(
  pattern: RegExp,
  text: string,
  at: number
): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
