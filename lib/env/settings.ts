import { APPVIEW_SETTINGS } from './appview-settings.js';
import { INDEX_SETTINGS } from './index-settings.js';
import type { Setting, SettingValue } from './setting.js';

/**
 * Every setting of Constellation Local, in the order of the example file. These
 * two are the place to add one: the example file (`npm run generate`), the
 * parser, the documents' table and the flags follow from them.
 */
export const SETTINGS = {
  ...INDEX_SETTINGS,
  ...APPVIEW_SETTINGS,
} as const satisfies Readonly<Record<string, Setting>>;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

type ValueOf<S extends Setting> = S extends {
  readonly default: boolean | number | string;
}
  ? SettingValue<S>
  : SettingValue<S> | undefined;

/** Parsed settings; undefined only where a setting has no default. */
export type Settings = {
  readonly [K in SettingName]: ValueOf<(typeof SETTINGS)[K]>;
};

/** Whether a key is one of ours. */
export function isSettingName(key: string): key is SettingName {
  return Object.hasOwn(SETTINGS, key);
}

/** A setting by name, with the type all settings share. */
export function settingNamed(name: SettingName): Setting {
  return SETTINGS[name];
}

/** All names, in the order of the schema. */
export const SETTING_NAMES: readonly SettingName[] =
  Object.keys(SETTINGS).filter(isSettingName);
