/** The real command lines, as somebody types them. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { chooseBackup } from '../../lib/backup/backup-folder.js';
import { acquireLock } from '../../lib/runtime/process-lock.js';
import { projectVersion } from '../../lib/runtime/project-version.js';
import { startSimulator } from '../../microcosm-bridge/jetstream-simulator/index.js';
import { startProgram, type Ended, type Running } from '../fixtures/cli/run.js';
import { pidOf } from '../fixtures/runtime/scratch.js';
import { place } from '../fixtures/setup/desk.js';

const SCRIPT = 'scripts/setup.ts';

/**
 * Nothing of what the shell that runs the tests may say of Constellation; and
 * an engine that happens to run on this machine is left alone.
 */
const UNSET = {
  ...Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => /^(CONSTELLATION_|JETSTREAM_URL)/.test(name))
      .map((name) => [name, undefined])
  ),
  CONSTELLATION_RUNTIME: 'embedded',
};

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

t.test(
  'an upgrade backs up first; without one nothing is switched',
  async (t) => {
    const simulator = await startSimulator({
      sample: true,
      withoutCursor: 'oldest',
      live: { eventsPerSecond: 50 },
    });
    t.teardown(() => simulator.close());
    const { state, flags, runtime } = await place(t);
    const stream = ['--jetstream', simulator.url, '--workers', '1'];
    const first = await run(['--yes', ...flags, ...stream]);
    t.equal(first.code, 0, first.stderr);
    // As if it had been started before the code was updated.
    const file = path.join(state, 'embedded.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...record, version: '0.0.1' }));
    const pid = pidOf(await runtime.status());
    const upgrade = ['--yes', '--state', state, '--upgrade', '--backup'];

    const failed = await run([...upgrade, '--backups', file]);
    t.equal(failed.code, 1, failed.stderr);
    t.equal(pidOf(await runtime.status()), pid, 'it runs on');
    t.match(await runtime.status(), { version: '0.0.1' });

    const done = await run(upgrade);
    t.equal(done.code, 0, done.stderr);
    t.match(
      done.stderr,
      /Verify: it opens, and every count .*Restart: it runs/s
    );
    t.match(await runtime.status(), { version: projectVersion() });
    t.not(pidOf(await runtime.status()), pid);
    const backups = path.join(state, 'backups');
    const made = readdirSync(backups).filter((name) => name !== '.lock');
    t.equal(made.length, 1);
    const { verification, manifest } = await chooseBackup(backups, 'latest');
    t.match(verification, { level: 'full', problem: null });
    t.ok(manifest.sentinels.length > 0, 'with counts');
  }
);
