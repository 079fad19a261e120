import { stripVTControlCharacters } from 'node:util';

/** Characters that take two columns: CJK, Hangul, fullwidth, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters that take none: marks on the one before, joiners. */
const NARROW = /\p{Mark}|\u200b|\u200d|\ufeff/u;

/** How many columns of a terminal a text takes, without colours. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    width += widthOf(character);
  }
  return width;
}

/** A terminal's columns; 80 where it does not say, or says 0 as new ptys do. */
export function columnsOf(stream: {
  readonly columns?: number | undefined;
}): number {
  const { columns } = stream;
  return columns === undefined || columns < 1 ? 80 : columns;
}

/** One line, without colours and control characters, that fits. */
export function fitLine(text: string, columns: number): string {
  const flat = stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
  if (textWidth(flat) <= columns) return flat;
  let fitted = '';
  let width = 0;
  for (const character of flat) {
    width += widthOf(character);
    if (width > columns - 1) break;
    fitted += character;
  }
  return `${fitted}…`;
}

function widthOf(character: string): number {
  if (NARROW.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
