import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import t from 'tap';
import { fetchJson, readHealth } from '../../../../lib/health/index.js';
import { EmbeddedRuntime } from '../../../../lib/runtime/embedded/embedded-runtime.js';
import {
  pidOf,
  scratchRuntime,
  untilGone,
  standInConfig,
  STAND_IN_PROGRAMS,
} from '../../../fixtures/runtime/scratch.js';

t.test(
  'an index is started, found again by another script, and stopped',
  async (t) => {
    const { runtime, folder } = scratchRuntime(t);
    t.match(await runtime.status(), { state: 'absent', parts: [], urls: null });
    const started = await runtime.start(standInConfig('good'));
    t.match(started, { state: 'running', kind: 'embedded' });
    const api = started.urls?.api ?? '';
    t.equal((await readHealth(api)).dataPath, folder.data);
    t.match(await fetchJson(`${api}/`), { status: 200 });

    const later = new EmbeddedRuntime({ folder, programs: STAND_IN_PROGRAMS });
    const found = await later.status();
    t.same(found, started);
    t.match(await later.plan(standInConfig('good')), { change: 'none' });
    t.same(await later.start(standInConfig('good')), started, 'left alone');
    t.equal((await later.urls())?.api, api);
    t.type(await later.completeSince(), Date);
    t.match(await later.logs(), [/listening/]);

    t.match(await later.stop(), { state: 'stopped', parts: [] });
    await untilGone(pidOf(started));
    t.match((await runtime.logs()).at(-1), /SIGTERM: stopping/);
    t.match(await runtime.stop(), { state: 'stopped' }, 'twice is harmless');
    t.equal(await runtime.completeSince(), null);
  }
);

t.test(
  'the index survives the script that started it, in a session of its own',
  async (t) => {
    const { runtime, folder } = scratchRuntime(t);
    const script = `
    import { EmbeddedRuntime } from ${JSON.stringify(new URL('../../../../lib/runtime/embedded/embedded-runtime.ts', import.meta.url).href)};
    const [folder, programs, config] = process.argv.slice(1).map((text) => JSON.parse(text));
    const runtime = new EmbeddedRuntime({ folder, programs });
    await runtime.start(config);
    process.stdout.write('started\\n');
    setInterval(() => undefined, 1000);`;
    const parent = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--input-type=module', '-e', script],
        ...[folder, STAND_IN_PROGRAMS, standInConfig('good')].map((value) =>
          JSON.stringify(value)
        ),
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
        env: {
          ...process.env,
          npm_config_call: 'x',
          SECRET_OF_THE_SHELL: 'hunter2',
        },
      }
    );
    t.teardown(() => parent.kill('SIGKILL'));
    for await (const line of createInterface(parent.stdout)) {
      t.equal(line, 'started');
      break;
    }
    if (parent.pid === undefined) throw new Error('no pid');
    process.kill(-parent.pid, 'SIGINT'); // as Ctrl-C in its terminal does
    process.kill(-parent.pid, 'SIGKILL');
    await once(parent, 'exit');
    const status = await runtime.status();
    t.equal(status.state, 'running');
    t.equal((await readHealth(status.urls?.api ?? '')).verdict, 'current');
    const [cwd, environment] = ['cwd', 'environ'].map((name) =>
      name === 'cwd'
        ? name
        : readFileSync(`/proc/${pidOf(status)}/${name}`, 'utf8')
    );
    t.ok(cwd);
    t.notMatch(environment, /npm_|SECRET_OF_THE_SHELL/, 'a clean environment');
  }
);

t.test(
  'another configuration needs a restart, and says in what it differs',
  async (t) => {
    const { runtime } = scratchRuntime(t);
    await runtime.start(standInConfig('good'));
    const other = standInConfig('good', {
      logLevel: 'debug',
      workers: 2,
      retainDays: 30,
    });
    t.match(await runtime.plan(other), {
      change: 'restart',
      reasons: [
        'log level info → debug',
        'workers 1 → 2',
        'days kept none → 30',
      ],
      actions: [{ kind: 'stop' }, { kind: 'start' }],
    });
    await t.rejects(runtime.start(other), { code: 'ILLEGAL_CHANGE' });
    t.match(await runtime.status(), { state: 'running' }, 'left alone');
  }
);

t.test('a slow stop is waited for, and said', async (t) => {
  const { runtime } = scratchRuntime(t);
  await runtime.start(standInConfig('slow-stop'));
  const texts: string[] = [];
  await runtime.stop({ onProgress: ({ text }) => texts.push(text) });
  t.match(texts, ['stopping the embedded index', /committing .* \(1 s\)/]);
});

t.test('what it knows is readable by its owner alone', async (t) => {
  const { runtime, folder } = scratchRuntime(t);
  await runtime.start(standInConfig('good'));
  t.equal(statSync(folder.embedded).mode & 0o777, 0o600);
});
