import { EnvError } from './env-error.js';
import { defaultText, readersText } from './example-file.js';
import { settingForm } from './setting.js';
import { SETTING_NAMES, settingNamed } from './settings.js';

/** Where the generated table begins in a document. */
export const TABLE_BEGIN = '<!-- settings:begin (npm run generate) -->';
/** Where it ends. */
export const TABLE_END = '<!-- settings:end -->';

/** A Markdown table of all settings, in the order of the schema. */
export function settingsTable(): string {
  const rows = SETTING_NAMES.map((name) => {
    const setting = settingNamed(name);
    const secret = setting.secret === true ? ' Secret.' : '';
    return row([
      `\`${name}\``,
      `${setting.comment}${secret}`,
      settingForm(setting),
      defaultText(setting),
      readersText(setting.readers),
    ]);
  });
  return [
    row(['Setting', 'What it is', 'Takes', 'Default', 'Read by']),
    row(['---', '---', '---', '---', '---']),
    ...rows,
  ].join('\n');
}

/**
 * A document with its part between the two markers replaced by the table.
 *
 * @throws EnvError `no-markers` unless both are there once, in order
 */
export function replaceSettingsTable(markdown: string): string {
  const begin = markdown.indexOf(TABLE_BEGIN);
  const end = markdown.indexOf(TABLE_END);
  const once =
    markdown.lastIndexOf(TABLE_BEGIN) === begin &&
    markdown.lastIndexOf(TABLE_END) === end;
  if (begin === -1 || end < begin || !once) {
    throw new EnvError('the document has no place for the settings table', {
      code: 'no-markers',
      suggestion: `put ${TABLE_BEGIN} and ${TABLE_END} on lines of their own`,
    });
  }
  const head = markdown.slice(0, begin + TABLE_BEGIN.length);
  return `${head}\n\n${settingsTable()}\n\n${markdown.slice(end)}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
