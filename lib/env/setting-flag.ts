import type {
  BooleanFlag,
  ChoiceFlag,
  NumberFlag,
  StringFlag,
} from '../cli/flag-spec.js';
import { readSetting, settingForm, type Setting } from './setting.js';
import { settingNamed, type SettingName, type SETTINGS } from './settings.js';

type FlagType<S extends Setting> = S extends { type: 'boolean' }
  ? BooleanFlag
  : S extends { type: 'integer' }
    ? NumberFlag
    : S extends { type: 'choice'; choices: infer C extends readonly string[] }
      ? ChoiceFlag & { readonly choices: C }
      : StringFlag;

/** The flag that a setting makes: same values, default and variable. */
export type SettingFlag<N extends SettingName> = FlagType<
  (typeof SETTINGS)[N]
> &
  ((typeof SETTINGS)[N] extends { readonly default: infer D }
    ? { readonly default: D }
    : unknown);

/** What a script words differently from the schema. */
export interface SettingFlagWords {
  readonly help?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly short?: string | undefined;
}

/**
 * A flag for a setting, so that range, default and variable stand in the
 * schema alone.
 */
export function settingFlag<N extends SettingName>(
  name: N,
  words: SettingFlagWords = {}
): SettingFlag<N> {
  const setting = settingNamed(name);
  const common = {
    env: name,
    help: setting.comment.replace(/\.$/, ''),
    ...words,
    ...(setting.default === undefined ? {} : { default: setting.default }),
  };
  // The type is computed from the very entry the value is made of.
  return { ...common, ...specific(setting) } as unknown as SettingFlag<N>;
}

function specific(setting: Setting): object {
  switch (setting.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'integer': {
      const { min, max, unit } = setting;
      return { type: 'integer', min, max, unit };
    }
    case 'choice':
      return { type: 'choice', choices: setting.choices };
    case 'text':
    case 'since':
      return {
        type: 'string',
        secret: setting.secret,
        check: (text: string) =>
          readSetting(setting, text) === undefined
            ? settingForm(setting)
            : undefined,
      };
  }
}
