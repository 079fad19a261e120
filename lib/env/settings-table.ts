import { replaceTable } from './document-table.js';
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
  const markers = { begin: TABLE_BEGIN, end: TABLE_END };
  return replaceTable(markdown, markers, settingsTable());
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
