import { editEnv } from './env-edit.js';
import { settingForm, type Setting, type SettingReader } from './setting.js';
import { SETTING_NAMES, settingNamed, type SettingName } from './settings.js';
import { writeValue } from './quoting.js';

/** The name of the file that is checked in. */
export const EXAMPLE_FILE = '.env.constellation-local.example';

const WIDTH = 76;

/**
 * The text of `.env.constellation-local.example`: every setting with what it
 * is, what it takes, its default and who reads it, ready for a local instance.
 */
export function exampleText(): string {
  const parts = [
    comment(
      'Settings of Constellation Local. scripts/setup.ts writes ' +
        '.env.constellation-local from this; copy it by hand only if you ' +
        'set things up by hand. Made by `npm run generate` from ' +
        'lib/env/settings.ts: change that file, not this one.'
    ),
  ];
  let section = '';
  for (const name of SETTING_NAMES) {
    const setting = settingNamed(name);
    if (setting.section !== section) {
      section = setting.section;
      parts.push(`# --- ${section} ---`);
    }
    parts.push(entry(name, setting));
  }
  return `${parts.join('\n\n')}\n`;
}

/** Values by setting; null: not set. */
export type SettingTexts = Readonly<
  Partial<Record<SettingName, string | null>>
>;

/**
 * The text of a new `.env.constellation-local`: the example's comments with
 * these values in place, and what is null commented out. A setting that is not
 * given keeps its line.
 *
 * @throws EnvError `unwritable-value`
 */
export function settingsText(values: SettingTexts): string {
  let text = exampleText();
  const set: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const value = values[name];
    if (value === undefined) continue;
    const line = new RegExp(`^(?:# )?${name}=.*$`, 'm');
    text = text.replace(line, value === null ? `# ${name}=` : `${name}=`);
    if (value !== null) set[name] = value;
  }
  return editEnv(text, set).text;
}

/** What a setting is when nobody sets it, for people. */
export function defaultText(setting: Setting): string {
  if (setting.default !== undefined) return String(setting.default);
  return setting.whenUnset === undefined
    ? 'not set'
    : `not set (${setting.whenUnset})`;
}

/** Who reads a setting, for people: the runtimes first. */
export function readersText(readers: readonly SettingReader[]): string {
  return readers.join(', ');
}

function entry(name: SettingName, setting: Setting): string {
  const value = setting.forLocal ?? setting.default;
  const line =
    value === undefined
      ? `# ${name}=`
      : `${name}=${writeValue(name, String(value))}`;
  return [
    comment(setting.comment),
    comment(`Takes: ${settingForm(setting)}.`),
    comment(`Default: ${defaultText(setting)}.`),
    comment(`Read by: ${readersText(setting.readers)}.`),
    line,
  ].join('\n');
}

function comment(text: string): string {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH && line !== '#') {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
