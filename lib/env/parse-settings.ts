import { nearest } from '../cli/nearest.js';
import { EnvError, problemText, type EnvProblem } from './env-error.js';
import { readEnvText, type AssignmentLine } from './env-text.js';
import { readSetting, settingForm, type AnySettingValue } from './setting.js';
import { isSecret } from './secret.js';
import {
  isSettingName,
  SETTING_NAMES,
  settingNamed,
  type SettingName,
  type Settings,
} from './settings.js';

/** Settings, which of them were given, and what looks odd. */
export interface ParsedSettings {
  readonly settings: Settings;
  /** Names that had a value; the others have their default or none. */
  readonly given: ReadonlySet<SettingName>;
  /** Unknown and repeated keys: worth saying, no reason to stop. */
  readonly warnings: readonly EnvProblem[];
}

/**
 * Parses settings from the text of an env file, or from a record such as
 * `process.env` (of which keys that are not ours are nobody's business, unless
 * they begin with CONSTELLATION_). An empty value counts as not given.
 *
 * @throws EnvError `bad-settings` with every bad value, its line, its key and
 *   what was expected; the codes of {@link readEnvText} for a broken text
 */
export function parseSettings(
  source: string | Readonly<Record<string, string | undefined>>
): ParsedSettings {
  const entries =
    typeof source === 'string' ? fromText(source) : fromRecord(source);
  const warnings = oddities(entries, typeof source === 'string');
  const problems: EnvProblem[] = [];
  const values: Partial<Record<SettingName, AnySettingValue>> = {};
  const given = new Set<SettingName>();
  for (const name of SETTING_NAMES) {
    const setting = settingNamed(name);
    if (setting.default !== undefined) values[name] = setting.default;
    const entry = entries.findLast(({ key }) => key === name);
    if (entry === undefined || entry.value === '') continue;
    const value = readSetting(setting, entry.value);
    if (value !== undefined) {
      values[name] = value;
      given.add(name);
      continue;
    }
    const shown = isSecret(name, entry.value)
      ? 'the value (hidden)'
      : JSON.stringify(entry.value.slice(0, 80));
    const message = `${shown} is not ${settingForm(setting)}`;
    problems.push({ line: entry.line, key: name, message });
  }
  if (problems.length > 0) {
    problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    throw new EnvError(problems.map(problemText).join('\n'), {
      code: 'bad-settings',
      problems,
      suggestion: 'mend these settings, then run the same command again',
    });
  }
  // Filled from SETTINGS, from which the type is inferred, by readSetting,
  // whose result for each type is what SettingValue says.
  return { settings: values as unknown as Settings, given, warnings };
}

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly line?: number | undefined;
}

function fromText(text: string): readonly Entry[] {
  return readEnvText(text).lines.filter(
    (line): line is AssignmentLine => line.kind === 'assignment'
  );
}

function fromRecord(
  record: Readonly<Record<string, string | undefined>>
): readonly Entry[] {
  return Object.entries(record).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value }]
  );
}

function oddities(
  entries: readonly Entry[],
  isText: boolean
): readonly EnvProblem[] {
  const seen = new Map<string, number | undefined>();
  const warnings: EnvProblem[] = [];
  for (const { key, line } of entries) {
    const ours = isSettingName(key);
    if (seen.has(key)) {
      const message = `repeats line ${seen.get(key) ?? '?'}; the last one wins`;
      warnings.push({ line, key, message });
    } else if (!ours && (isText || key.startsWith('CONSTELLATION_'))) {
      const meant = nearest(key, SETTING_NAMES);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      warnings.push({ line, key, message: `unknown setting${hint}` });
    }
    seen.set(key, line);
  }
  return warnings;
}
