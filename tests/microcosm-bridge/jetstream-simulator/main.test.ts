import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { generateEvents } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { eventually, StreamClient } from './stream-client.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Without npm's loader (.npmrc), which `npx tap` hands on; tap's hook comes back. */
const WITHOUT_LOADER = { ...process.env, NODE_OPTIONS: undefined };
const folder = 'microcosm-bridge/jetstream-simulator';

/** Starts a program; it ends with the test. */
function launch(t: Test, command: string, args: readonly string[]) {
  const child = spawn(command, args, { cwd: root, env: WITHOUT_LOADER });
  t.teardown(() => child.kill('SIGKILL'));
  const result = { stdout: '', stderr: '', code: null as number | null };
  child.stdout.on('data', (data: Buffer) => (result.stdout += String(data)));
  child.stderr.on('data', (data: Buffer) => (result.stderr += String(data)));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    result.code = code ?? null;
    return result;
  });
  return { child, result, ended };
}

/** Runs `npx tsx ARGS` without npx, whose children outlive it. */
const tsx = (t: Test, ...args: readonly string[]) =>
  launch(t, process.execPath, ['--import=tsx', ...args]);

interface Started {
  url: string;
  control: string;
  port: number;
  pid: number;
}

/** Runs the simulator on a free port until it listens. */
async function simulator(t: Test, ...flags: readonly string[]) {
  const program = tsx(t, `${folder}/main.ts`, ...flags, '--port', '0');
  const { result, child } = program;
  await eventually(
    () => result.stdout.includes('\n') || child.exitCode !== null,
    () => 'the simulator to start'
  );
  if (child.exitCode !== null) throw new Error(result.stderr);
  return { ...program, started: JSON.parse(result.stdout) as Started };
}

const generate = async (t: Test, ...flags: readonly string[]) =>
  tsx(t, `${folder}/generate.ts`, ...flags).ended;

t.test('main says where it listens, and stops on SIGTERM', async (t) => {
  const { child, ended, started } = await simulator(t, '--live', '50');
  t.match(started, {
    url: `ws://127.0.0.1:${started.port}/subscribe`,
    control: `http://127.0.0.1:${started.port}/_control`,
    pid: child.pid,
  });
  const client = await StreamClient.open(t, started.url);
  await client.received(2);
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  t.equal(code, 0);
  t.equal(stdout.trim().split('\n').length, 1, 'one line on stdout');
});

t.test('a fault can be there from the start; SIGINT stops too', async (t) => {
  const fault = '{"fault":"unreachable"}';
  const flags = ['--sample', '--live', '0', '--fault', fault];
  const { child, ended, started } = await simulator(t, ...flags);
  const url = `http://127.0.0.1:${started.port}/`;
  await t.rejects(fetch(url), { cause: { code: 'ECONNREFUSED' } });
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(child.exitCode, null, 'it runs on, listening or not');
  child.kill('SIGINT');
  t.equal((await ended).code, 0);
});

t.test('wrong use is exit 2 and says all that was wrong', async (t) => {
  const main = `${folder}/main.ts`;
  const wrong = ['--speed', '5', '--port', '99999', '--fault', 'explode'];
  const { code, stderr, stdout } = await tsx(t, main, ...wrong).ended;
  t.equal(code, 2);
  t.match(stderr, '--speed');
  t.match(stderr, '--port');
  t.match(stderr, 'must be none, refuse');
  t.equal(stdout, '');
  const both = await tsx(t, main, '--sample', '--file', 'x').ended;
  t.equal(both.code, 2);
  t.match(both.stderr, 'exclude');
  const missing = await tsx(t, main, '--file', '/no/such.jsonl').ended;
  t.equal(missing.code, 1);
  t.match(missing.stderr, '/no/such.jsonl');
});

t.test('help names every flag and exits 0', async (t) => {
  const help = await tsx(t, `${folder}/main.ts`, '--help').ended;
  t.equal(help.code, 0);
  const readme = await readFile(join(root, folder, 'README.md'), 'utf8');
  const flags = new Set(readme.match(/--[a-z][a-z-]+/g));
  for (const flag of ['--events', '--out', '--jetstream']) flags.delete(flag);
  t.ok(flags.size > 10);
  for (const flag of flags) t.match(help.stdout, flag, `README: ${flag}`);
});

t.test('generate writes to stdout and repeats itself', async (t) => {
  const flags = ['--events', '200', '--seed', '5', '--start', '2026-03-01'];
  const { stdout, code } = await generate(t, ...flags);
  t.equal(code, 0);
  const startTimeUs = Date.UTC(2026, 2, 1) * 1000;
  const lines = generateEvents({ events: 200, seed: 5, startTimeUs });
  t.ok(stdout === [...lines].join('\n') + '\n');
});

t.test('generate leaves nothing behind when it fails', async (t) => {
  const dir = t.testdir({ taken: {} });
  const out = join(dir, 'taken');
  const { code, stderr } = await generate(t, '--events', '9', '--out', out);
  t.equal(code, 1);
  t.match(stderr, 'taken');
  t.same(await readdir(dir), ['taken']);
});

t.test('the commands of the README do what it says', async (t) => {
  const readme = await readFile(join(root, folder, 'README.md'), 'utf8');
  const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .map((command) => command.replace(/^npx tsx /, ''));
  const [sample = '', close = '', recover = '', status = '', ...rest] =
    commands;
  const [make = '', replay = '', ...others] = rest;
  t.same(others, [], 'all are run here');

  const file = join(t.testdir(), 'events.jsonl');
  const words = (command: string) =>
    command.replaceAll('events.jsonl', file).split(' ');
  const made = await tsx(t, ...words(make)).ended;
  t.equal(made.code, 0, make);
  t.equal((await readFile(file, 'utf8')).trim().split('\n').length, 1000);
  const replayed = await simulator(t, ...words(replay).slice(1));
  const client = await StreamClient.open(t, replayed.started.url + '?cursor=1');
  await client.received(1010);
  t.pass(replay);

  const { started } = await simulator(t, ...words(sample).slice(1));
  const consumer = await StreamClient.open(t, started.url);
  const got = await consumer.received(2503);
  const { time_us: timeUs } = JSON.parse(got.at(-1) ?? '') as {
    time_us: number;
  };
  t.ok(Math.abs(Date.now() - timeUs / 1000) < 30_000, 'fresh within seconds');
  const curl = async (command: string) => {
    const shell = command.replaceAll(':6008', `:${started.port}`);
    const { stdout } = await launch(t, '/bin/sh', ['-c', shell]).ended;
    return JSON.parse(stdout) as unknown;
  };
  t.same(await curl(close), {
    fault: { fault: 'close', afterEvents: 100, times: 1 },
  });
  t.match(await curl(status), { fault: { fault: 'close' }, stats: {} });
  const victim = await StreamClient.open(t, started.url);
  await victim.closed();
  t.equal(victim.texts.length, 100);
  t.same(await curl(recover), { fault: { fault: 'none' } });
});
