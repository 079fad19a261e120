import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  recordDir,
  runEntrypoint,
  startEntrypoint,
  type EntrypointRun,
} from '../../fixtures/constellation/entrypoint.js';

const flagsOf = (run: EntrypointRun): string => (run.flags ?? []).join(' ');

t.test('without a setting the server gets everything it needs', async (t) => {
  const dir = t.testdir();
  const run = runEntrypoint({ dir });
  t.equal(run.code, 0, run.stderr);
  t.same(run.flags, [
    '--bind',
    '0.0.0.0:6789',
    '--jetstream',
    'wss://jetstream2.us-east.bsky.network/subscribe',
    '--data',
    join(dir, 'data'),
    '--collect-metrics',
    '--bind-metrics',
    '0.0.0.0:8765',
    '--backend',
    'rocks',
  ]);
  t.equal(run.environment.get('RUST_BACKTRACE'), '1');
  t.match(run.stderr, /stream wss:\/\/jetstream2/);
});

t.test('each setting reaches the server as its flag', async (t) => {
  const cases: ReadonlyArray<readonly [Record<string, string>, string]> = [
    [{ JETSTREAM_URL: 'us-west-1' }, '--jetstream us-west-1 '],
    [
      { JETSTREAM_URL: 'wss://stream.example:9443/subscribe' },
      '--jetstream wss://stream.example:9443/subscribe ',
    ],
    [
      { JETSTREAM_URL: 'wss://[2001:db8::1]:443/subscribe' },
      '--jetstream wss://[2001:db8::1]:443/subscribe ',
    ],
    [
      // Not 443, which the server would take for ws:// too.
      { JETSTREAM_URL: 'ws://sim' },
      '--jetstream ws://sim:80/subscribe ',
    ],
    [
      { JETSTREAM_URL: 'ws://sim:0081/' },
      '--jetstream ws://sim:0081/subscribe ',
    ],
    [
      { JETSTREAM_URL: 'wss://stream.example/?a=b' },
      '--jetstream wss://stream.example/subscribe?a=b ',
    ],
    [
      { CONSTELLATION_DID_WEB_DOMAIN: 'links.example.com' },
      '--did-web-domain links.example.com',
    ],
    [{ CONSTELLATION_BACKUP_DIR: '/backup' }, '--backup /backup'],
    [
      {
        CONSTELLATION_BACKUP_DIR: '/backup',
        CONSTELLATION_BACKUP_INTERVAL_HOURS: '06',
        CONSTELLATION_MAX_OLD_BACKUPS: '3',
      },
      '--backup /backup --backup-interval 6 --max-old-backups 3',
    ],
    [{ CONSTELLATION_REPAIR_TARGET_IDS: 'true' }, '--repair-target-ids'],
  ];
  for (const [env, expected] of cases) {
    const run = runEntrypoint({ dir: t.testdir(), env });
    t.ok(`${flagsOf(run)} `.includes(expected), flagsOf(run) + run.stderr);
  }
  const off = runEntrypoint({
    dir: t.testdir(),
    env: { CONSTELLATION_REPAIR_TARGET_IDS: 'false' },
  });
  t.notMatch(flagsOf(off), /repair/);
});

t.test('further arguments go to the server as they are', async (t) => {
  const args = ['--fixture', '/a folder/$(id).jsonl'];
  const run = runEntrypoint({ dir: t.testdir(), args });
  t.same(run.flags?.slice(-2), args);
});

t.test('RUST_BACKTRACE is handed on', async (t) => {
  const env = { RUST_BACKTRACE: 'full' };
  const run = runEntrypoint({ dir: t.testdir(), env });
  t.equal(run.environment.get('RUST_BACKTRACE'), 'full');
});

t.test('a wrong value is named and nothing is started', async (t) => {
  const cases: ReadonlyArray<readonly [Record<string, string>, RegExp]> = [
    [{ JETSTREAM_URL: 'https://x.example' }, /'https:\/\/x.example' is no Jet/],
    [{ JETSTREAM_URL: 'us-south-1' }, /'us-south-1' is no Jetstream address/],
    [{ JETSTREAM_URL: 'wss://' }, /'' is no HOST/],
    [{ JETSTREAM_URL: 'wss://a b/' }, /is no Jetstream address/],
    [{ JETSTREAM_URL: 'wss://a#b' }, /is no Jetstream address/],
    [{ JETSTREAM_URL: 'wss://a:70000' }, /port 70000 is not from 1 to 65535/],
    [{ JETSTREAM_URL: 'wss://a:0' }, /port 0 is not/],
    [{ JETSTREAM_URL: 'wss://a:b' }, /'a:b' is no HOST/],
    [{ JETSTREAM_URL: 'us-east-1,us-east-2' }, /one stream, not a list/],
    [{ CONSTELLATION_LOG_LEVEL: 'loud' }, /'loud' is none of error warn info/],
    [{ RUST_BACKTRACE: 'yes' }, /RUST_BACKTRACE .*'yes' is none of 0 1 full/],
    [{ CONSTELLATION_STALE_AFTER_SECONDS: '9' }, /'9' .* 10 to 86400 seconds/],
    [{ CONSTELLATION_STALE_AFTER_SECONDS: '1e3' }, /'1e3' is not an integer/],
    [{ CONSTELLATION_STALE_RESTART_SECONDS: '60' }, /from 120 to 86400/],
    [{ CONSTELLATION_STALE_RESTART_SECONDS: '-1' }, /'-1' is not an integer/],
    [{ CONSTELLATION_DID_WEB_DOMAIN: 'a b' }, /'a b' is no host name/],
    [{ CONSTELLATION_DID_WEB_DOMAIN: '--bind' }, /'--bind' is no host name/],
    [{ CONSTELLATION_BACKUP_DIR: 'here' }, /'here' is no absolute path/],
    [
      { CONSTELLATION_BACKUP_INTERVAL_HOURS: '6' },
      /needs CONSTELLATION_BACKUP_D/,
    ],
    [
      {
        CONSTELLATION_BACKUP_DIR: '/b',
        CONSTELLATION_BACKUP_INTERVAL_HOURS: '0',
      },
      /'0' is not an integer from 1 to 8760 hours/,
    ],
    [
      { CONSTELLATION_MAX_OLD_BACKUPS: '3' },
      /needs CONSTELLATION_BACKUP_INTERVAL/,
    ],
    [{ CONSTELLATION_REPAIR_TARGET_IDS: '1' }, /'1' is none of true false/],
    [{ CONSTELLATION_WORKERS: '65' }, /'65' is not an integer from 1 to 64/],
  ];
  for (const [env, expected] of cases) {
    const run = runEntrypoint({ dir: t.testdir(), env });
    t.equal(run.code, 2, JSON.stringify(env));
    t.match(run.stderr, expected);
    t.match(run.stderr, Object.keys(env).at(-1) ?? '', 'names the setting');
    t.equal(run.flags, null);
  }
});

t.test('all that is wrong is said at once', async (t) => {
  const env = { JETSTREAM_URL: 'x', RUST_BACKTRACE: '9' };
  const { stderr } = runEntrypoint({ dir: t.testdir(), env });
  t.match(stderr, /JETSTREAM_URL/);
  t.match(stderr, /RUST_BACKTRACE/);
});

t.test('a password in an address is refused and never printed', async (t) => {
  for (const url of ['wss://me:secret@host/subscribe', 'http://me:secret@h']) {
    const run = runEntrypoint({
      dir: t.testdir(),
      env: { JETSTREAM_URL: url, CONSTELLATION_LOG_LEVEL: 'debug' },
    });
    t.equal(run.code, 2);
    t.notMatch(run.stderr, /secret/);
  }
});

t.test('a value cannot forge a line of the log', async (t) => {
  const env = { CONSTELLATION_LOG_LEVEL: 'x\nconstellation-entrypoint: good' };
  const { stderr } = runEntrypoint({ dir: t.testdir(), env });
  t.notMatch(stderr, /^constellation-entrypoint: good/m);
});

t.test('a host that replays events is taken with a warning', async (t) => {
  const env = {
    JETSTREAM_URL: 'wss://Jetstream.us-east.bsky.network/subscribe',
  };
  const run = runEntrypoint({ dir: t.testdir(), env });
  t.equal(run.code, 0);
  t.match(run.stderr, /warning: .*counts them twice/);
});

t.test('the log level decides what the entrypoint says', async (t) => {
  const stderrAt = (level: string): string =>
    runEntrypoint({
      dir: t.testdir(),
      env: { CONSTELLATION_LOG_LEVEL: level },
    }).stderr;
  t.equal(stderrAt('error'), '');
  t.equal(stderrAt('warn'), '');
  t.match(stderrAt('info'), /^constellation-entrypoint: stream [^\n]*\n$/);
  t.match(
    stderrAt('debug'),
    /CONSTELLATION_LOG_LEVEL=debug \(the environment\)/
  );
  t.match(stderrAt('debug'), /runs .*recording-server --bind/);
});

t.test(
  'a data folder that cannot be used is said with what mends it',
  async (t) => {
    const dir = t.testdir({ file: '' });
    const file = runEntrypoint({
      dir,
      env: { CONSTELLATION_DATA_DIR: join(dir, 'file') },
    });
    t.equal(file.code, 1);
    t.match(file.stderr, /is not a folder: mount a volume there/);

    const foreign = t.testdir({
      data: { 'constellation-embedded.json': '{}' },
    });
    const run = runEntrypoint({ dir: foreign });
    t.equal(run.code, 1);
    t.match(run.stderr, /holds an embedded index/);
    t.equal(run.flags, null);
  }
);

t.test(
  'a data folder it may not write is said with the chown that mends it',
  async (t) => {
    // Nobody can make a file in /proc, not even root.
    const dir = t.testdir();
    const env = { CONSTELLATION_DATA_DIR: '/proc' };
    const owner = `${process.getuid?.() ?? ''}:${process.getgid?.() ?? ''}`;
    const bind = runEntrypoint({
      dir,
      env: { ...env, CONSTELLATION_DATA_PATH: '/srv/my data' },
    });
    t.equal(bind.code, 1);
    t.match(bind.stderr, `sudo chown -R ${owner} /srv/my\\ data`);
    const volume = runEntrypoint({ dir, env });
    t.equal(volume.code, 1);
    t.match(volume.stderr, /CONSTELLATION_UID/);
    t.equal(volume.flags, null);
  }
);

t.test(
  'in the embedded image the flags are those of the embedded index',
  async (t) => {
    const dir = t.testdir({ data: { 'constellation-embedded.json': '{}' } });
    const run = runEntrypoint({
      dir,
      env: {
        CONSTELLATION_SERVER: 'embedded',
        JETSTREAM_URL: 'us-east-1,us-east-2',
        CONSTELLATION_LOG_LEVEL: 'warn',
        CONSTELLATION_WORKERS: '2',
        CONSTELLATION_STALE_AFTER_SECONDS: '30',
      },
    });
    t.equal(run.code, 0, run.stderr);
    t.match(flagsOf(run), /--jetstream us-east-1,us-east-2 /);
    t.match(flagsOf(run), /--stale-after 30 --log-level warn --workers 2$/);
    t.notMatch(flagsOf(run), /--backend/);
  }
);

t.test('readings of an earlier run are thrown away', async (t) => {
  const dir = t.testdir({ state: { reading: 'old' } });
  runEntrypoint({ dir, env: { CONSTELLATION_STALE_AFTER_SECONDS: '45' } });
  t.throws(() => readFileSync(join(dir, 'state', 'reading')));
  t.equal(readFileSync(join(dir, 'state', 'stale-after'), 'utf8'), '45\n');
});

t.test(
  'the server takes the place of the entrypoint and gets one signal',
  async (t) => {
    const dir = t.testdir();
    const child = await startEntrypoint({ dir });
    t.teardown(() => child.kill('SIGKILL'));
    t.equal(
      Number(readFileSync(join(recordDir(dir), 'pid'), 'utf8')),
      child.pid,
      'same process'
    );
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    t.equal(await ended, 0);
    t.equal(readFileSync(join(recordDir(dir), 'signals'), 'utf8'), '1\n');
  }
);
