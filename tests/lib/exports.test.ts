import t from 'tap';
import * as cli from '../../lib/cli/index.js';
import * as appview from '../../lib/constellation/appview.js';
import * as constellation from '../../lib/constellation/index.js';
import * as env from '../../lib/env/index.js';

t.test('lib/cli exports these values and no others', async (t) => {
  t.strictSame(Object.keys(cli).sort(), [
    'CliError',
    'EXIT',
    'EXIT_CODE_HELP',
    'InterruptedError',
    'Output',
    'Prompter',
    'STANDARD_FLAGS',
    'Steps',
    'UndoStack',
    'UsageError',
    'columnsOf',
    'defineCommand',
    'errorDocument',
    'errorText',
    'exitCodeFor',
    'fitLine',
    'flagName',
    'formatBytes',
    'formatDuration',
    'groupSpec',
    'groupedCommand',
    'hasCredentials',
    'helpText',
    'labelled',
    'missingAnswer',
    'nearest',
    'paintFor',
    'parseFlags',
    'readCommandLine',
    'resolveFlags',
    'runCommand',
    'runCommandGroup',
    'scriptArguments',
    'shellWord',
    'summaryBox',
    'textWidth',
    'wantsColour',
    'withoutCredentials',
    'wrapWords',
  ]);
});

t.test('lib/env exports these values and no others', async (t) => {
  t.strictSame(Object.keys(env).sort(), [
    'EXAMPLE_FILE',
    'EnvError',
    'SETTINGS',
    'SETTING_NAMES',
    'TABLE_BEGIN',
    'TABLE_END',
    'assignments',
    'backupName',
    'editEnv',
    'envDiff',
    'exampleText',
    'isSecret',
    'isSettingName',
    'parseSettings',
    'planRestoration',
    'problemText',
    'readEnvFile',
    'readEnvText',
    'readSetting',
    'replaceSettingsTable',
    'restoreEnvKeys',
    'settingFlag',
    'settingForm',
    'settingNamed',
    'settingsTable',
    'settingsText',
    'shownValue',
    'takeBackEnvFile',
    'writeEnvFile',
    'writeValue',
  ]);
});

t.test('lib/constellation exports these values and no others', async (t) => {
  t.strictSame(Object.keys(constellation).sort(), [
    'ConstellationClient',
    'ConstellationError',
    'DEFAULT_OPTIONS',
    'ENABLED_VARIABLE',
    'LATENCY_BOUNDS_MS',
    'NUMBER_RULES',
    'OPTION_VARIABLES',
    'PUBLIC_INSTANCE_URL',
    'coverageOf',
    'detectDeployment',
    'isDid',
    'numberReader',
    'optionsFrom',
    'parseRecordUri',
    'parseServiceUrl',
    'policyFor',
    'readBoolean',
    'readEnvironment',
    'readVariable',
    'resolveOptions',
    'shownUrl',
    'systemClock',
    'tidTimeUs',
  ]);
});

t.test('the drop-in exports what an AppView imports', async (t) => {
  t.strictSame(Object.keys(appview).sort(), [
    'ConstellationIntegration',
    'constellationIntegration',
  ]);
});
