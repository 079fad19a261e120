/** Setup from its flags to its exit code, with a stand-in for the index. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import t, { type Test } from 'tap';
import { WebSocketServer } from 'ws';
import { errorDocument, errorText } from '../../../lib/cli/index.js';
import { readHealth } from '../../../lib/health/index.js';
import { acquireLock } from '../../../lib/runtime/process-lock.js';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { pidOf, STAND_IN_PROGRAMS } from '../../fixtures/runtime/scratch.js';
import { place, setup, type Ended } from '../../fixtures/setup/desk.js';

const programs = STAND_IN_PROGRAMS;
const simulator = await startSimulator({ live: { eventsPerSecond: 5 } });
t.teardown(() => simulator.close());
/** A folder that nobody, not even root, can write to. */
function readOnly(t: Test, root: string): string {
  const folder = path.join(root, 'read-only');
  mkdirSync(folder);
  if (process.getuid?.() === 0) {
    const options = ['-t', 'tmpfs', '-o', 'ro,size=256m', 'tmpfs', folder];
    execFileSync('mount', options);
    t.teardown(() => execFileSync('umount', [folder]));
  } else {
    chmodSync(folder, 0o555);
  }
  return folder;
}

const REFUSED = 'ws://127.0.0.1:1/subscribe';

t.test('a dry run shows the same plan and leaves nothing behind', async (t) => {
  const { root, flags } = await place(t);
  const args = ['--yes', '--sample', '--dry-run', ...flags];
  const plain = await setup(args);
  t.equal(plain.code, 0, errorText(plain.error));
  t.match(plain.stdout, /Would do \(nothing was done\)/);
  t.match(plain.stdout, /start the simulator .*start the embedded index/);
  const json = await setup([...args, '--json']);
  t.match(JSON.parse(json.stdout), {
    schemaVersion: 1,
    ok: true,
    dryRun: true,
    changed: true,
    urls: null,
    plan: [
      { id: 'env-file', needed: true },
      { id: 'start', needed: true },
      { id: 'health' },
      { id: 'appview', needed: false },
    ],
  });
  t.strictSame(readdirSync(root), []);

  const readme = new URL('../../../lib/setup/README.md', import.meta.url);
  const [, table = ''] = /## The document([^]*?)\n## /.exec(
    readFileSync(readme, 'utf8')
  ) ?? [''];
  const fields = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  const document = JSON.parse(json.stdout) as object;
  t.strictSame(fields, Object.keys(document), 'the README names every field');
});

t.test('wrong use is exit 2 and names what is wrong', async (t) => {
  const { root, state, flags } = await place(t);
  const broken = path.join(root, 'broken.env');
  writeFileSync(broken, 'CONSTELLATION_PORT=6789\nCONSTELLATION_BIND=here\n');
  const unclosed = path.join(root, 'unclosed.env');
  writeFileSync(unclosed, '# one\n\nREDIS_URL="redis://x\n');
  for (const [args, message] of [
    [['--yess'], /unknown flag --yess; did you mean --yes\?/],
    [['--jetstream', 'http://x'], /--jetstream .*ws:\/\/ or wss:\/\/ URL/],
    [['--jetstream', 'nowhere'], /no known Jetstream/],
    [['--port', '0'], /--port "0": expected an integer from 1 to 65535/],
    [['--port', '65536'], /from 1 to 65535/],
    [['--sample', '--appview', root, '--yes'], /must not reach an AppView/],
    [
      ['--yes', '--settings', broken],
      /broken\.env: line 2, CONSTELLATION_BIND/,
    ],
    [['--yes', '--settings', unclosed], /unclosed\.env: line 3/],
    [['--yes', '--jetstream', REFUSED, '--appview', broken], /is no folder/],
    [[], /give --data or set CONSTELLATION_DATA_PATH/],
    [['--data', root], /give --jetstream or set JETSTREAM_URL/],
  ] as const) {
    const { code, error } = await setup([...flags, ...args]);
    t.equal(code, 2, args.join(' '));
    t.match(errorText(error), message);
  }
  t.notOk(existsSync(state), 'nothing was begun');
});

t.test('what cannot be set up is exit 1 and says the way out', async (t) => {
  const { root, state, port, flags } = await place(t);
  const file = path.join(root, 'a-file');
  writeFileSync(file, '');
  const foreign = path.join(root, 'foreign');
  mkdirSync(foreign);
  writeFileSync(path.join(foreign, 'thesis.doc'), '');
  const newer = path.join(root, 'newer');
  mkdirSync(newer);
  writeFileSync(
    path.join(newer, 'constellation-embedded.json'),
    '{"format":99,"createdAt":"2030-01-01T00:00:00Z","sample":false}'
  );
  const appview = path.join(root, 'appview');
  mkdirSync(appview);
  writeFileSync(path.join(appview, '.env'), 'OK=1\n\nnonsense here\n');
  const yes = ['--yes', ...flags, '--jetstream', REFUSED];
  for (const [args, message] of [
    [['--data', file], /is a file, not a folder/],
    [['--data', path.join(file, 'in')], /is a file, not a folder/],
    [['--data', foreign], /was not made by the embedded index.*thesis\.doc/],
    [['--data', newer], /has format 99, this version reads format/],
    [['--data', '/sys/nowhere'], /disk: 0 B free; the index pauses below/],
    [['--data', path.join(readOnly(t, root), 'data')], /cannot be used/],
    [['--appview', appview], /\.env: line 3/],
  ] as const) {
    const { code, error } = await setup([...yes, ...args], {
      programs: { ...programs, index: '/nowhere/main.ts' },
    });
    t.equal(code, 1, args.join(' '));
    t.match(errorText(error), message);
  }
  t.notOk(existsSync(path.join(state, '.env.constellation-local')));

  const holder = createServer();
  await new Promise<void>((done) => holder.listen(port, '127.0.0.1', done));
  t.teardown(() => holder.close());
  t.match(errorDocument((await setup(yes)).error), {
    exitCode: 1,
    error: { code: 'PORT_IN_USE', suggestion: /--port PORT/ },
  });
});

t.test('data that somebody else has open is exit 11', async (t) => {
  const { root, flags } = await place(t);
  const data = path.join(root, 'data');
  mkdirSync(data);
  const file = path.join(data, 'constellation-embedded.lock');
  const lock = await acquireLock(file, { purpose: 'the embedded index' });
  t.teardown(() => lock.release());
  const args = ['--yes', ...flags, '--data', data, '--jetstream', REFUSED];
  const { code, error } = await setup(args);
  t.equal(code, 11);
  t.match(errorText(error), /locked by process \d+ .*the embedded index/);
});

t.test('an AppView is connected, and nothing else of its .env', async (t) => {
  const { root, state, port, flags } = await place(t);
  const appview = path.join(root, 'appview');
  mkdirSync(appview);
  const env = path.join(appview, '.env');
  const text =
    '# app\nCONSTELLATION_ENABLED=false\nDATABASE_URL=postgres://x\n';
  writeFileSync(env, text, { mode: 0o640 });
  const jetstream = `${simulator.url},${REFUSED}`;
  const args = ['--yes', '--json', ...flags];
  const own = path.join(root, 'own settings.env');
  const answers = ['--appview', appview, '--jetstream', jetstream];
  const first = await setup(
    [...args, ...answers, '--settings', own, '--retain-days', '365'],
    { programs }
  );
  t.equal(first.code, 0, errorText(first.error));
  const shown =
    /This will be done[^]*\+ ?CONSTELLATION_ENABLED=true[^]*AppView: /;
  t.match(first.stderr, shown, 'a diff comes first');
  const url = `http://127.0.0.1:${port}`;
  t.match(JSON.parse(first.stdout), {
    changed: true,
    sample: false,
    urls: { api: url },
    health: { verdict: 'current', completeSince: /^\d{4}-/ },
    jetstream: {
      measured: [
        { state: 'reachable' },
        { state: 'unreachable', reason: 'it refuses the connection' },
      ],
    },
    appview: { folder: appview, url },
    changedFiles: [{ created: true }, { path: env, backups: [/\.backup-/] }],
  });
  t.equal(
    readFileSync(env, 'utf8'),
    `# app\nCONSTELLATION_ENABLED=true\nDATABASE_URL=postgres://x\n` +
      `CONSTELLATION_URL=${url}\nCONSTELLATION_LOCAL=true\n` +
      'CONSTELLATION_CACHE_TTL=30\nCONSTELLATION_TIMEOUT=5000\n'
  );
  t.equal(statSync(env).mode & 0o777, 0o640);
  const { completeSince } = await readHealth(url);
  t.match(
    readFileSync(own, 'utf8'),
    `\nCONSTELLATION_LOCAL_SINCE=${completeSince}\n`
  );

  const record = readFileSync(path.join(state, 'setup.json'), 'utf8');
  const second = await setup(args, { programs });
  t.match(
    JSON.parse(second.stdout),
    { changed: false, changedFiles: [], appview: { url } },
    'everything is done already, all answers are remembered'
  );
  t.equal(readFileSync(path.join(state, 'setup.json'), 'utf8'), record);
  t.notOk(existsSync(path.join(state, '.env.constellation-local')));
  t.match(readFileSync(own, 'utf8'), /^CONSTELLATION_RETAIN_DAYS=365$/m);
  t.match(
    second.stderr,
    /full in .* \(measured by the index: 1\.0 GiB a day\)/
  );

  const sample = await setup([...args, '--sample'], { programs });
  t.match(sample, { code: 1, error: { code: 'SAMPLE_APPVIEW' } });
  const other = await setup([...args, '--appview', root], { programs });
  t.match(other, { code: 1, error: { code: 'OTHER_APPVIEW' } });
});

t.test('no Jetstream in reach: warned, started all the same', async (t) => {
  const { root, flags, runtime } = await place(t);
  const args = ['--yes', ...flags, '--jetstream', REFUSED, '--appview', root];
  const { code, stdout, stderr } = await setup(args, { programs });
  t.equal(code, 0);
  t.match(
    stdout,
    /once npx zx scripts\/test\.ts --only health passes, restart the AppView/,
    'an AppView is not to ask an index that takes nothing in'
  );
  t.match(
    stderr,
    /ws:\/\/127\.0\.0\.1:1\/subscribe +not reachable: it refuses/
  );
  t.match(stderr, /the index starts all the same and keeps trying/);
  t.match(await runtime.status(), { state: 'running' });
});

t.test(
  'a silent stream is warned of, an index that dies is a failure',
  async (t) => {
    const streams = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(streams, 'listening');
    t.teardown(() => streams.close());
    const { port } = streams.address() as AddressInfo;
    const { flags, runtime } = await place(t);
    const args = (behaviour: string): readonly string[] => [
      ...['--yes', ...flags, '--wait', '2'],
      ...['--jetstream', `ws://127.0.0.1:${port}/${behaviour}`],
    ];
    const died = await setup(args('fails'), { programs });
    t.equal(died.code, 1);
    t.match(
      errorText(died.error),
      /ended while it was being started.*the store is on fire/s
    );
    t.match(await runtime.status(), { state: 'absent' });

    const silent = await setup(args('stalled'), { programs });
    t.equal(silent.code, 0, errorText(silent.error));
    t.match(silent.stderr, /no fresh event within 2 s; the index answers/);
    t.match(silent.stdout, /freshness +stalled/);
    t.match(await runtime.status(), { state: 'running' });
  }
);

t.test('in the foreground it ends when the index does', async (t) => {
  const { flags, runtime } = await place(t);
  const args = ['--yes', ...flags, '--jetstream', REFUSED, '--foreground'];
  const attached = (act: () => Promise<unknown>): Promise<Ended> => {
    let isTold = false;
    const onNote = (text: string): void => {
      if (isTold || !text.includes('Staying attached')) return;
      isTold = true;
      void act();
    };
    return setup(args, { programs, onNote });
  };
  const died = await attached(async () => {
    process.kill(pidOf(await runtime.status()), 'SIGKILL');
  });
  t.equal(died.code, 1);
  t.match(errorText(died.error), /has ended by itself/);

  const stopped = await attached(() => runtime.stop());
  t.equal(stopped.code, 0, errorText(stopped.error));
  t.match(stopped.stderr, /was stopped by another run/);
});
