/** The real command lines, as somebody types them. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { readHealth } from '../../lib/health/index.js';
import { EmbeddedRuntime } from '../../lib/runtime/embedded/embedded-runtime.js';
import { acquireLock } from '../../lib/runtime/process-lock.js';
import { stateFolder } from '../../lib/runtime/state-folder.js';
import { startSimulator } from '../../microcosm-bridge/jetstream-simulator/index.js';
import { startProgram, type Ended, type Running } from '../fixtures/cli/run.js';
import { freePorts, place } from '../fixtures/setup/desk.js';
import { scratchFolder } from '../fixtures/runtime/scratch.js';

const SCRIPT = 'scripts/setup.ts';

/** What the shell that runs the tests may say of Constellation. */
const UNSET = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(CONSTELLATION_|JETSTREAM_URL)/.test(name))
    .map((name) => [name, undefined])
);

/** A script without npx in between, which costs half a second. */
function start(args: readonly string[], script = SCRIPT): Running {
  const line = ['--import', 'tsx', script, ...args];
  return startProgram(process.execPath, line, UNSET);
}

async function run(args: readonly string[], script = SCRIPT): Promise<Ended> {
  return await start(args, script).ended;
}

/** Looks again until it is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it never came to that');
    await delay(25);
  }
}

t.test(
  'two commands from a fresh clone, in a path of any letters',
  async (t) => {
    const project = path.join(scratchFolder(t), 'mein Projekt ß');
    const root = fileURLToPath(new URL('../..', import.meta.url));
    mkdirSync(project);
    for (const name of ['lib', 'microcosm-bridge', 'scripts']) {
      cpSync(path.join(root, name), path.join(project, name), {
        recursive: true,
      });
    }
    for (const name of ['package.json', 'tsconfig.json', '.npmrc']) {
      cpSync(path.join(root, name), path.join(project, name));
    }
    symlinkSync(
      path.join(root, 'node_modules'),
      path.join(project, 'node_modules')
    );
    const runtime = new EmbeddedRuntime({
      folder: stateFolder(path.join(project, '.constellation-local')),
    });
    t.teardown(() => runtime.stop({ force: true, deadlineMs: 5000 }));
    const [port, metricsPort] = await freePorts();
    const [bridgePort] = await freePorts();
    const npx = (...args: readonly string[]): string =>
      execFileSync('npx', ['zx', ...args], {
        cwd: project,
        encoding: 'utf8',
        env: {
          ...process.env,
          ...UNSET,
          NODE_OPTIONS: '',
          CONSTELLATION_PORT: String(port),
          CONSTELLATION_METRICS_PORT: String(metricsPort),
          CONSTELLATION_BRIDGE_PORT: String(bridgePort),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    const report = npx('scripts/setup.ts', '--yes', '--sample');
    t.match(report, /runs on SAMPLE DATA/);
    t.match(report, /SAMPLE DATA: \d+ events are invented\./);
    t.match(report, `http://127.0.0.1:${port}`);
    t.match(report, path.join(project, '.env.constellation-local'));
    t.match(await readHealth(`http://127.0.0.1:${port}`), {
      sample: true,
      verdict: 'current',
    });
    const again = npx('scripts/setup.ts', '--yes', '--sample');
    t.match(again, 'everything was set up already');
    t.match(
      npx('scripts/teardown.ts', '--yes'),
      /sample data .* is still there/
    );
    t.match(await runtime.status(), { state: 'stopped' });
  }
);

t.test('Ctrl-C: while measuring, while starting, while waiting', async (t) => {
  const held = createServer(() => undefined);
  await new Promise<void>((done) => held.listen(0, '127.0.0.1', done));
  t.teardown(() => held.close());
  const silent = await startSimulator();
  t.teardown(() => silent.close());
  const neverAnswers = `ws://127.0.0.1:${(held.address() as AddressInfo).port}`;
  const cases = [
    ['measuring', neverAnswers, /\[4\/9\] Jetstream: interrupted/],
    ['starting', silent.url, /\[6\/9\] Start: interrupted/],
    ['waiting', silent.url, /\[7\/9\] Health: interrupted/],
  ] as const;
  await Promise.all(
    cases.map(async ([what, jetstream, said]) => {
      const { state, flags, runtime } = await place(t);
      const args = ['--yes', ...flags, '--jetstream', jetstream];
      const { child, ended, saw } = start(args);
      const isBegun = {
        measuring: () => saw('[3/9]'),
        starting: () =>
          until(async () => (await runtime.status()).parts.length > 0),
        waiting: () => saw('[6/9]'),
      };
      await isBegun[what]();
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      t.equal(code, 130, `${what}: ${stderr}`);
      t.match(stderr, said);
      t.match((await runtime.status()).state, /^(absent|stopped)$/);
      t.notOk(existsSync(path.join(state, '.env.constellation-local')));
      if (what === 'waiting') {
        t.match(stderr, `its data in ${path.join(state, 'data')} stays`);
        t.ok(existsSync(path.join(state, 'data')), 'the data stays');
      }
      if (what === 'measuring') t.notOk(existsSync(state));
    })
  );
});

t.test('two at once: the second one is exit 11', async (t) => {
  const { state, flags } = await place(t);
  mkdirSync(state);
  const lock = await acquireLock(path.join(state, 'lock'), {
    purpose: 'setup',
  });
  const second = await run(['--yes', '--sample', ...flags]);
  t.equal(second.code, 11);
  t.match(second.stderr, /locked by process \d+ .*\(setup\)/);
  await lock.release();
});

t.test('asked to end in the foreground, it ends the index', async (t) => {
  const { flags, runtime } = await place(t);
  const args = ['--yes', '--sample', '--foreground', ...flags];
  const { child, ended, saw } = start(args);
  await saw('Staying attached');
  t.match(await runtime.status(), { state: 'running' });
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  t.equal(code, 0, stderr);
  t.match(stderr, /Stopped, everything committed/);
  t.match(await runtime.status(), { state: 'stopped' });
});
