import { textWidth } from './text-width.js';

/**
 * {@link wrapWords} with every line but the first indented; without a limit the
 * text as it is. Pure.
 */
export function wrapHanging(
  text: string,
  columns: number,
  indent: string
): string[] {
  if (columns === Number.POSITIVE_INFINITY) return [text];
  const [first = '', ...more] = wrapWords(text, columns - indent.length);
  return [first, ...more.map((line) => indent + line)];
}

/**
 * Breaks a text between words into lines of at most so many columns; a longer
 * word has a line of its own. A no-break space joins words. Pure.
 */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[ \t\r\n]+/)) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}
