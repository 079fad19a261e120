import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { settingsText } from '../../../lib/env/index.js';
import {
  RUNTIME,
  runEntrypoint,
} from '../../fixtures/constellation/entrypoint.js';

/** What the entrypoint's own reader makes of a text: name=value, problems. */
function read(dir: string, env: Record<string, string> = {}): string {
  const program = `
    . "$1/constellation-settings"
    load_settings "$2"
    for name in "\${!SETTING[@]}"; do printf '%s=<%s>\\n' "$name" "\${SETTING[$name]}"; done | sort
    for sentence in "\${PROBLEMS[@]}"; do printf '! %s\\n' "$sentence"; done`;
  return execFileSync(
    'bash',
    ['-euc', program, 'bash', RUNTIME, join(dir, 'settings.env')],
    { env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' }
  );
}

t.test('values are read as dotenv and Compose read them', async (t) => {
  const cases: ReadonlyArray<readonly [string, string]> = [
    ['JETSTREAM_URL=a\n', 'a'],
    ['JETSTREAM_URL = a \n', 'a'],
    ['  export JETSTREAM_URL=a\n', 'a'],
    ['JETSTREAM_URL=a # why\n', 'a'],
    ['JETSTREAM_URL=a', 'a'],
    ['JETSTREAM_URL=a\r\n', 'a'],
    ['\uFEFFJETSTREAM_URL=a\n', 'a'],
    ["JETSTREAM_URL='a#b' # c\n", 'a#b'],
    ['JETSTREAM_URL="a\'b"\n', "a'b"],
    ['JETSTREAM_URL=a=b\n', 'a=b'],
    ['JETSTREAM_URL=$(touch x)`id`${HOME}\n', '$(touch x)`id`${HOME}'],
    ['JETSTREAM_URL=a\nJETSTREAM_URL=b\n', 'b'],
    ["OTHER='\nJETSTREAM_URL=no\n'\nJETSTREAM_URL=a\n", 'a'],
    ['# JETSTREAM_URL=no\nnonsense\nJETSTREAM_URL=a\n', 'a'],
    ["JETSTREAM_URL='a\nb'", 'a\nb'],
  ];
  for (const [text, expected] of cases) {
    const dir = t.testdir({ 'settings.env': text });
    t.equal(read(dir), `JETSTREAM_URL=<${expected}>\n`, JSON.stringify(text));
  }
});

t.test('keys of others and empty values set nothing', async (t) => {
  const dir = t.testdir({
    'settings.env':
      'PATH=/x\nBASH_ENV=/x\nIFS=x\nJETSTREAM_URL=\nRUST_BACKTRACE=""\n',
  });
  t.equal(read(dir), '');
});

t.test(
  'the file wins over the environment, which wins over nothing',
  async (t) => {
    const dir = t.testdir({
      'settings.env': 'JETSTREAM_URL=file\nRUST_BACKTRACE=\n',
    });
    const env = { JETSTREAM_URL: 'env', RUST_BACKTRACE: '0' };
    t.equal(read(dir, env), 'JETSTREAM_URL=<file>\nRUST_BACKTRACE=<0>\n');
  }
);

t.test('a quote that never ends is said with its line', async (t) => {
  const dir = t.testdir({
    'settings.env': 'RUST_BACKTRACE=1\nJETSTREAM_URL="a\nb\n',
  });
  t.match(read(dir), /settings\.env line 2: JETSTREAM_URL begins with a quote/);
  t.equal(
    runEntrypoint({ dir: t.testdir(), settings: "JETSTREAM_URL='x" }).code,
    2
  );
});

t.test('no file is no problem', async (t) => {
  t.equal(read(t.testdir()), '');
});

t.test('what setup writes is what the server gets', async (t) => {
  const run = runEntrypoint({
    dir: t.testdir(),
    settings: settingsText({
      JETSTREAM_URL: 'wss://stream.example/subscribe?a=%23b',
      CONSTELLATION_LOG_LEVEL: 'warn',
      RUST_BACKTRACE: 'full',
    }),
  });
  t.equal(run.code, 0, run.stderr);
  t.equal(run.stderr, '');
  t.match(run.flags?.join(' '), /wss:\/\/stream\.example\/subscribe\?a=%23b/);
  t.equal(run.environment.get('RUST_BACKTRACE'), 'full');
});

t.test('an edit and a new start are enough', async (t) => {
  const dir = t.testdir();
  const quiet = runEntrypoint({
    dir,
    settings: 'CONSTELLATION_LOG_LEVEL=error\n',
  });
  t.equal(quiet.stderr, '');
  const loud = runEntrypoint({
    dir,
    settings: 'CONSTELLATION_LOG_LEVEL=debug\n',
  });
  t.match(
    loud.stderr,
    /CONSTELLATION_LOG_LEVEL=debug \(.*settings\.env line 1\)/
  );
});

t.test(
  'settings that need a new container are said at a restart',
  async (t) => {
    const dir = t.testdir();
    const run = runEntrypoint({
      dir,
      settings: 'CONSTELLATION_PORT=7000\nCONSTELLATION_MEMORY_LIMIT=2g\n',
      env: {
        CONSTELLATION_MADE_WITH:
          'CONSTELLATION_PORT=6789\nCONSTELLATION_MEMORY_LIMIT=2g\nCONSTELLATION_DATA_PATH=/a b\n',
      },
    });
    t.equal(run.code, 0);
    t.match(run.stderr, /CONSTELLATION_PORT \(.*line 1\): .*made with '6789'/);
    t.notMatch(run.stderr, /MEMORY_LIMIT|DATA_PATH/);
  }
);

t.test(
  'a folder where the settings file should be is said, not fatal',
  async (t) => {
    const dir = t.testdir({ 'settings.env': {} });
    const run = runEntrypoint({ dir });
    t.equal(run.code, 0);
    t.match(run.stderr, /is a folder: its file was missing/);
  }
);
