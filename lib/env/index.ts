export { envDiff } from './env-diff.js';
export { editEnv, type EnvChange, type EnvEdit } from './env-edit.js';
export {
  EnvError,
  problemText,
  type EnvErrorCode,
  type EnvErrorOptions,
  type EnvProblem,
} from './env-error.js';
export {
  backupName,
  writeEnvFile,
  type EnvFileChange,
  type WriteEnvOptions,
} from './env-file.js';
export {
  assignments,
  readEnvText,
  type AssignmentLine,
  type EnvLine,
  type EnvText,
  type PlainLine,
  type Quoting,
} from './env-text.js';
export {
  EXAMPLE_FILE,
  exampleText,
  settingsText,
  type SettingTexts,
} from './example-file.js';
export { parseSettings, type ParsedSettings } from './parse-settings.js';
export { takeBackEnvFile, type EnvEditTrace } from './take-back-env.js';
export { writeValue } from './quoting.js';
export { readEnvFile, type EnvFileContent } from './read-env-file.js';
export {
  planRestoration,
  restoreEnvKeys,
  type EnvRestoration,
  type LeftKey,
  type RestoreEnvOptions,
} from './restore-env.js';
export { isSecret, shownValue } from './secret.js';
export {
  settingFlag,
  type SettingFlag,
  type SettingFlagWords,
} from './setting-flag.js';
export {
  readSetting,
  settingForm,
  type Setting,
  type SettingReader,
} from './setting.js';
export {
  isSettingName,
  SETTING_NAMES,
  settingNamed,
  SETTINGS,
  type SettingName,
  type Settings,
} from './settings.js';
export {
  replaceSettingsTable,
  settingsTable,
  TABLE_BEGIN,
  TABLE_END,
} from './settings-table.js';
