/** The real setup.ts, ended by a real signal after each of its steps. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { SETUP_STEPS } from '../../lib/setup/steps/setup-steps.js';
import { startSimulator } from '../../microcosm-bridge/jetstream-simulator/index.js';
import { startProgram, type Ended, type Running } from '../fixtures/cli/run.js';
import {
  APPVIEW_ENV,
  connectedPlace,
  type ConnectedPlace,
  type Place,
} from '../fixtures/setup/desk.js';

const simulator = await startSimulator({ live: { eventsPerSecond: 20 } });
t.teardown(() => simulator.close());

/** Nothing of what the shell that runs the tests may say of Constellation. */
const ENV = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(CONSTELLATION_|JETSTREAM_URL|REDIS_URL)/.test(name))
    .map((name) => [name, undefined])
);

/**
 * A module that the script is started with: it sends the process a signal of
 * its own the moment the line of a step is written, before the next begins;
 * and another one, if wanted, as soon as that counts as a second request.
 */
function signalAfter(step: number, first: string, second?: string): string {
  const text = `
    const write = process.stderr.write.bind(process.stderr);
    const still = new Int32Array(new SharedArrayBuffer(4));
    const signals = new Map([['[${step}/', '${first}']]);
    if (${second !== undefined}) signals.set('Undoing.', '${second ?? ''}');
    process.stderr.write = (text, ...rest) => {
      const written = write(text, ...rest);
      for (const [said, signal] of signals) {
        if (!String(text).includes(said)) continue;
        signals.delete(said);
        if (said === 'Undoing.') Atomics.wait(still, 0, 0, 300);
        process.kill(process.pid, signal);
      }
      return written;
    };`;
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

function start(args: readonly string[], preload?: string): Running {
  const loaded = preload === undefined ? [] : ['--import', preload];
  const line = [...loaded, '--import', 'tsx', 'scripts/setup.ts', ...args];
  return startProgram(process.execPath, line, ENV);
}

/** Every file outside the state folder, with its bytes and mode. */
function filesOf({ root, state }: Place): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(root, {
    recursive: true,
    withFileTypes: true,
  })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || file.startsWith(state)) continue;
    const mode = (statSync(file).mode & 0o777).toString(8);
    found[path.relative(root, file)] = `${mode} ${readFileSync(file, 'utf8')}`;
  }
  return found;
}

/** Command lines of processes that know of a folder. */
function processesOf(folder: string): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  const found: string[] = [];
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (line.includes(folder)) found.push(`${pid} ${line}`);
    } catch {
      continue; // it has ended since
    }
  }
  return found;
}

/** What is so after every run that was taken back. */
function assertUndone(
  t: Test,
  made: ConnectedPlace,
  before: Readonly<Record<string, string>>,
  what: string
): void {
  t.strictSame(filesOf(made), before, `${what}: files are as they were`);
  t.strictSame(processesOf(made.root), [], `${what}: no process is left`);
  t.notOk(existsSync(path.join(made.state, 'lock')), what);
}

/** Steps that come after the index was started. */
const STARTED = SETUP_STEPS.findIndex(({ id }) => id === 'start') + 1;

for (const [at, { id, title }] of SETUP_STEPS.entries()) {
  const step = at + 1;
  // One of them by what a service manager sends.
  const signal = id === 'runtime' ? 'SIGTERM' : 'SIGINT';
  t.test(`${signal} when ${title} is done takes all back`, async (t) => {
    const made = await connectedPlace(t, simulator.url);
    const before = filesOf(made);
    const { code, stderr } = await start(made.args, signalAfter(step, signal))
      .ended;
    t.equal(code, signal === 'SIGINT' ? 130 : 143, stderr);
    t.match(stderr, /Error: (Interrupted|Asked to stop \(SIGTERM\))\./);
    assertUndone(t, made, before, title);
    if (step < STARTED) return;
    const data = path.join(made.state, 'data');
    t.match(stderr, `its data in ${data} stays`);
    t.ok(existsSync(path.join(data, 'index.mdb')), 'the data is kept');
  });
}

t.test('Ctrl-C in the first step, before anything was made', async (t) => {
  const made = await connectedPlace(t, simulator.url);
  const before = filesOf(made);
  const { child, ended } = start(made.args);
  while (!existsSync(path.join(made.state, 'lock'))) await delay(5);
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  t.equal(code, 130, stderr);
  assertUndone(t, made, before, 'at once');
  t.notOk(existsSync(made.state), 'nor the state folder');
});

/** After a run that could not take anything back: a second one ends well. */
async function assertRunsAgain(t: Test, made: ConnectedPlace): Promise<void> {
  const again: Ended = await start(made.args).ended;
  t.equal(again.code, 0, again.stderr);
  t.match(await made.runtime.status(), { state: 'running' });
  const appview = filesOf(made)[path.join('app view', '.env')] ?? '';
  const url = `http://127.0.0.1:${made.port}`;
  const switched = APPVIEW_ENV.replace(/https:\S+/, url);
  t.ok(appview.startsWith(`640 ${switched}\r\n`), appview);
  t.equal(appview.match(/^CONSTELLATION_URL=/gm)?.length, 1);
}

t.test('Ctrl-C twice leaves at once, says what stays', async (t) => {
  const made = await connectedPlace(t, simulator.url);
  const preload = signalAfter(STARTED, 'SIGINT', 'SIGTERM');
  const { code, stderr } = await start(made.args, preload).ended;
  t.equal(code, 143, stderr);
  t.match(stderr, /Left at once\.\n {2}not undone: /);
  await assertRunsAgain(t, made);
});

t.test('kill -9 at any moment: the next run ends well', async (t) => {
  const made = await connectedPlace(t, simulator.url);
  // Up to the report: a whole run takes some 4 s.
  for (let kill = 0; kill < 6; kill++) {
    const { child, ended } = start(made.args);
    const over = ended.then(() => undefined);
    await Promise.race([over, delay(300 + Math.random() * 4500)]);
    child.kill('SIGKILL');
    await over;
  }
  await assertRunsAgain(t, made);
});
