import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import t from 'tap';
import {
  defineCommand,
  parseFlags,
  UsageError,
} from '../../../lib/cli/index.js';
import {
  EnvError,
  EXAMPLE_FILE,
  exampleText,
  parseSettings,
  replaceSettingsTable,
  SETTING_NAMES,
  settingFlag,
  SETTINGS,
  settingsTable,
  settingsText,
  TABLE_BEGIN,
  TABLE_END,
} from '../../../lib/env/index.js';

t.test('settings have their types, and their defaults', async (t) => {
  const { settings, given, warnings } = parseSettings(
    'CONSTELLATION_PORT=7000\nCONSTELLATION_LOCAL=true\n' +
      'CONSTELLATION_LOCAL_SINCE=2026-11-23T12:00:00Z\nREDIS_URL=\n'
  );
  const port: number = settings.CONSTELLATION_PORT;
  const local: boolean | undefined = settings.CONSTELLATION_LOCAL;
  const runtime: 'auto' | 'docker' | 'embedded' =
    settings.CONSTELLATION_RUNTIME;
  t.strictSame([port, local, runtime], [7000, true, 'auto']);
  t.strictSame(
    settings.CONSTELLATION_LOCAL_SINCE,
    new Date('2026-11-23T12:00:00Z')
  );
  t.equal(settings.REDIS_URL, undefined, 'empty is not set');
  t.equal(settings.CONSTELLATION_ENABLED, false);
  t.equal(settings.CONSTELLATION_METRICS_PORT, 8765);
  t.strictSame([...given].sort(), [
    'CONSTELLATION_LOCAL',
    'CONSTELLATION_LOCAL_SINCE',
    'CONSTELLATION_PORT',
  ]);
  t.strictSame(warnings, []);
});

t.test('every bad value is told with line, key and what was expected', (t) => {
  const text = [
    '# settings',
    'REDIS_URL=http://:hunter2@h',
    'CONSTELLATION_PORT=70000',
    'CONSTELLATION_ENABLED=yes',
    'CONSTELLATION_URL=https://u:hunter2@h',
    'CONSTELLATION_LOCAL_SINCE="2026-02-30T00:00:00Z"',
  ].join('\n');
  t.throws(() => parseSettings(text), {
    code: 'bad-settings',
    message: [
      'line 2, REDIS_URL: the value (hidden) is not a redis:// or rediss:// URL',
      'line 3, CONSTELLATION_PORT: "70000" is not an integer from 1 to 65535',
      'line 4, CONSTELLATION_ENABLED: "yes" is not true or false',
      'line 5, CONSTELLATION_URL: the value (hidden) is not an http:// or ' +
        'https:// URL without credentials',
      'line 6, CONSTELLATION_LOCAL_SINCE: "2026-02-30T00:00:00Z" is not an ' +
        'ISO 8601 time such as 2026-01-31T12:00:00Z, or complete',
    ].join('\n'),
  });
  t.end();
});

t.test('a repeated key counts by its last line', async (t) => {
  const { settings, warnings } = parseSettings(
    'CONSTELLATION_PORT=x\nCONSTELLATION_PORT=7000\n'
  );
  t.equal(settings.CONSTELLATION_PORT, 7000);
  t.strictSame(warnings, [
    {
      line: 2,
      key: 'CONSTELLATION_PORT',
      message: 'repeats line 1; the last one wins',
    },
  ]);
});

t.test('unknown keys are warnings; in process.env only ours', async (t) => {
  const { warnings } = parseSettings('CONSTELATION_PORT=1\nOTHER=2\n');
  t.match(warnings, [
    { line: 1, message: 'unknown setting; did you mean CONSTELLATION_PORT?' },
    { line: 2, message: 'unknown setting' },
  ]);
  const record = { PATH: '/bin', CONSTELLATION_PROT: '1', HOME: undefined };
  const fromRecord = parseSettings(record).warnings;
  t.match(fromRecord, [{ key: 'CONSTELLATION_PROT' }]);
  t.equal(fromRecord.length, 1);
});

t.test('a broken text is refused before its settings', async (t) => {
  t.throws(() => parseSettings('CONSTELLATION_PORT="1\n'), {
    code: 'broken-env',
  });
});

t.test('each form takes what it says and nothing else', async (t) => {
  const cases: Array<[string, string[], string[]]> = [
    ['CONSTELLATION_PORT', ['1', '65535'], ['0', '1.5', '1e3', '+1', '0x1']],
    ['CONSTELLATION_ENABLED', ['true', 'false'], ['TRUE', '1', 'on']],
    ['CONSTELLATION_RUNTIME', ['docker'], ['podman', 'Docker']],
    [
      'CONSTELLATION_BIND',
      ['127.0.0.1', '::1', '0.0.0.0'],
      ['localhost', '[::1]', '256.1.1.1', '127.1'],
    ],
    [
      'JETSTREAM_URL',
      ['wss://h/subscribe', 'ws://h:1', 'us-east-2', 'us-west-1, ws://b'],
      ['https://h', 'us-north-1', 'wss://', 'ws://a,', 'ws://a b'],
    ],
    [
      'CONSTELLATION_URL',
      ['http://127.0.0.1:6789', 'https://h/', 'http://[::1]:1'],
      ['h:6789', 'ftp://h', 'http://u@h', 'http://h/?q', 'http://h/#f'],
    ],
    [
      'CONSTELLATION_MEMORY_LIMIT',
      ['512m', '2g', '2G', '1073741824'],
      ['2gb', '0', '-1g', '1.5g', 'lots'],
    ],
    [
      'CONSTELLATION_VERSION',
      ['main', 'v0.3.1', 'feature/x', '3f2a9c1'],
      ['-x', 'a b', 'a..b', '$(x)', 'a;b'],
    ],
    ['CONSTELLATION_DATA_PATH', ['/srv/größe here'], [' ', 'a\nb']],
    ['REDIS_URL', ['redis://h', 'rediss://u:p@h:1/0'], ['h:6379', 'http://h']],
    [
      'CONSTELLATION_LOCAL_SINCE',
      ['complete', '2026-01-31T12:00Z', '2026-01-31T12:00:00.5+01:00'],
      ['2026-01-31', '2026-13-01T00:00Z', '1769860800', 'Complete', 'now'],
    ],
    ['CONSTELLATION_WORKERS', ['1', '64'], ['0', '65']],
    ['RUST_BACKTRACE', ['0', 'full'], ['2']],
  ];
  for (const [key, good, bad] of cases) {
    for (const value of good) {
      t.ok(parseSettings({ [key]: value }).given.has(name(key)), value);
    }
    for (const value of bad) {
      t.throws(() => parseSettings({ [key]: value }), EnvError, value);
    }
  }
});

function name(key: string): keyof typeof SETTINGS {
  const found = SETTING_NAMES.find((each) => each === key);
  if (found === undefined) throw new Error(key);
  return found;
}

t.test('the schema keeps its own rules', async (t) => {
  t.strictSame(parseSettings(exampleText()).warnings, []);
  for (const setting of Object.values(SETTINGS)) {
    t.ok(setting.readers.length > 0, 'somebody reads it');
    t.match(setting.comment, /\.$/);
    t.ok('default' in setting || 'whenUnset' in setting, 'unset means a thing');
  }
});

const spec = defineCommand({
  command: 'x',
  purpose: 'x',
  flags: {
    port: settingFlag('CONSTELLATION_PORT', { short: 'p' }),
    runtime: settingFlag('CONSTELLATION_RUNTIME'),
    dataPath: settingFlag('CONSTELLATION_DATA_PATH', { placeholder: 'DIR' }),
    redis: settingFlag('REDIS_URL', { help: 'the cache' }),
    local: settingFlag('CONSTELLATION_LOCAL'),
    since: settingFlag('CONSTELLATION_LOCAL_SINCE'),
  },
});

t.test('a flag of a setting has its type, default and variable', async (t) => {
  const env = { CONSTELLATION_DATA_PATH: '/d', CONSTELLATION_LOCAL: 'true' };
  const { values } = parseFlags(spec, ['-p', '7000'], { env });
  const port: number = values.port;
  const runtime: 'auto' | 'docker' | 'embedded' = values.runtime;
  const dataPath: string | undefined = values.dataPath;
  const local: boolean | undefined = values.local;
  t.strictSame([port, runtime, dataPath, local], [7000, 'auto', '/d', true]);
  t.equal(values.redis, undefined);
  t.equal(spec.flags.redis.help, 'the cache');
  t.equal(spec.flags.dataPath.help, 'Folder that holds the index');
});

t.test('it takes what the setting takes, and hides secrets', async (t) => {
  try {
    parseFlags(spec, ['--port=0', '--redis=hunter2', '--since', 'yesterday']);
    t.fail('no error');
  } catch (error) {
    t.ok(error instanceof UsageError);
    t.match(String(error), '--port "0": expected an integer from 1 to 65535');
    t.match(String(error), '--redis (value hidden): expected a redis:// or');
    t.match(String(error), '--since "yesterday": expected an ISO 8601 time');
    t.notMatch(String(error), 'hunter2');
  }
});

const root = (name: string): URL =>
  new URL(`../../../${name}`, import.meta.url);

t.test(
  'the example file that is checked in is the generated one',
  async (t) => {
    t.equal(readFileSync(root(EXAMPLE_FILE), 'utf8'), exampleText());
  }
);

t.test('the example has every setting once, with what it takes', async (t) => {
  const text = exampleText();
  for (const name of SETTING_NAMES) {
    const lines = text.match(new RegExp(`^(# )?${name}=.*$`, 'gm'));
    t.equal(lines?.length, 1, name);
  }
  t.match(text, '# Takes: an integer from 50 to 120000 (ms).\n');
  t.ok(text.split('\n').every((line) => line.length <= 80));
});

t.test('a new settings file has its values in their places', async (t) => {
  const text = settingsText({
    CONSTELLATION_DATA_PATH: '/srv/größe here',
    CONSTELLATION_PORT: '7000',
  });
  t.match(text, '# Folder that holds the index.\n');
  t.match(text, "\nCONSTELLATION_DATA_PATH='/srv/größe here'\n\n# Jetstream");
  t.equal(parse(text)['CONSTELLATION_PORT'], '7000');
  t.equal(text.split('\n').length, exampleText().split('\n').length);
  t.match(parseSettings(text), { warnings: [] });
});

t.test('the table goes between its markers, again and again', async (t) => {
  const document = `# Doc\n\n${TABLE_BEGIN}\nold\n${TABLE_END}\n\nEnd.\n`;
  const once = replaceSettingsTable(document);
  t.equal(
    once,
    `# Doc\n\n${TABLE_BEGIN}\n\n${settingsTable()}\n\n${TABLE_END}\n\nEnd.\n`
  );
  t.equal(replaceSettingsTable(once), once);
  for (const bad of [
    '',
    TABLE_BEGIN,
    `${TABLE_END}${TABLE_BEGIN}`,
    once + once,
  ]) {
    t.throws(() => replaceSettingsTable(bad), { code: 'no-markers' });
  }
});

t.test('every row of the table has five cells', async (t) => {
  const rows = settingsTable().split('\n');
  t.equal(rows.length, SETTING_NAMES.length + 2);
  for (const row of rows) t.equal(row.split(/(?<!\\)\|/).length, 7, row);
});

const quickstart = root('CONSTELLATION-PHASE2-QUICKSTART.md');
t.test(
  'the table in the quickstart is the generated one',
  { skip: !existsSync(quickstart) && 'the quickstart is not written yet' },
  async (t) => {
    const text = readFileSync(quickstart, 'utf8');
    t.equal(text, replaceSettingsTable(text));
  }
);
