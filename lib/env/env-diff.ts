import { createTwoFilesPatch } from 'diff';
import { withoutCredentials } from '../cli/credentials.js';
import {
  assignments,
  lineText,
  readEnvText,
  type EnvLine,
  type EnvText,
} from './env-text.js';
import { isSecret } from './secret.js';

/**
 * A unified diff of an env file for showing, with every secret replaced, also
 * those in lines that did not change and in commented-out assignments.
 *
 * @param name the file's name as the reader knows it
 * @param before null for a file that does not exist yet
 * @returns an empty text when nothing changed
 * @throws EnvError where either text is no env file
 */
export function envDiff(
  name: string,
  before: string | null,
  after: string
): string {
  if (before === after) return '';
  const left = readEnvText(before ?? '');
  const right = readEnvText(after);
  const old = assignments(left);
  return createTwoFilesPatch(
    before === null ? '/dev/null' : name,
    name,
    masked(left, () => '(hidden)'),
    masked(right, (key, value) =>
      old.get(key)?.value === value ? '(hidden)' : '(hidden, new value)'
    ),
    undefined,
    undefined,
    { context: 2 }
  ).replace(/^(?:Index: .*\n)?=+\n/, '');
}

function masked(
  { lines }: EnvText,
  mask: (key: string, value: string) => string
): string {
  const show = (line: EnvLine): string => {
    if (line.kind === 'plain') return maskedComment(line.raw);
    const tail = maskedComment(line.tail);
    const { key, value } = line;
    const rawValue = isSecret(key, value) ? mask(key, value) : line.rawValue;
    return lineText({ ...line, rawValue, tail });
  };
  return lines.map(show).join('').replaceAll('\r', '');
}

const COMMENTED_OUT =
  /^([ \t]*#+[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=)([^\r\n]*)/;

/** A comment may hold a secret that was commented out. */
function maskedComment(comment: string): string {
  const [, head, key, value] = COMMENTED_OUT.exec(comment) ?? [];
  if (head !== undefined && key !== undefined && value !== undefined) {
    if (value.trim() !== '' && isSecret(key, value)) {
      return `${head}(hidden)${comment.slice(head.length + value.length)}`;
    }
  }
  return withoutCredentials(comment);
}
