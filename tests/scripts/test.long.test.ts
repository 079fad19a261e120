/** The command line of scripts/test.ts, end to end. */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import {
  REPORT_FIELDS,
  reportDifferences,
} from '../../lib/checks/report/report-fields.js';
import { EmbeddedRuntime } from '../../lib/runtime/embedded/embedded-runtime.js';
import { stateFolder } from '../../lib/runtime/state-folder.js';
import { startProgram, type Ended } from '../fixtures/cli/run.js';
import { healthUntil } from '../fixtures/embedded-process.js';
import { scratchFolder } from '../fixtures/runtime/scratch.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/test.ts', import.meta.url));
const ENV = { REDIS_URL: undefined, CONSTELLATION_STATE: undefined };

function start(args: readonly string[], env: object = {}) {
  const all = ['--import', 'tsx', SCRIPT, ...args];
  return startProgram(process.execPath, all, { ...ENV, ...env });
}

const scratch = scratchFolder(t);
const state = path.join(scratch, 'state');
const nothing = path.join(scratch, 'nothing');
const runtime = new EmbeddedRuntime({ folder: stateFolder(state) });
t.teardown(() => runtime.stop({ force: true, deadlineMs: 5000 }));
const { urls } = await runtime.start({
  bind: '127.0.0.1',
  port: 0,
  metricsPort: null,
  jetstream: [],
  dataPath: null,
  logLevel: 'info',
  workers: 1,
  sample: true,
});
await healthUntil(urls?.api ?? '', ({ verdict, events_total }) => {
  return verdict === 'current' && events_total > 2000;
});

/** Against the running index; a busy machine is given time. */
async function run(...args: readonly string[]): Promise<Ended> {
  const patient = ['--state', state, '--requests', '20'];
  const limit = args.includes('--max-latency-ms')
    ? []
    : ['--max-latency-ms', '60000'];
  return await start([...patient, ...limit, ...args]).ended;
}

t.test('npx zx runs all nine, in a pipe one line each', async (t) => {
  const args = ['--no-install', 'zx', SCRIPT, '--state', state];
  const env = { ...ENV, npm_config_node_options: undefined };
  const more = ['--max-latency-ms', '60000'];
  const { code, stdout } = await startProgram('npx', [...args, ...more], env)
    .ended;
  t.equal(code, 0, stdout);
  t.match(stdout, /^Constellation Local at http.* SAMPLE DATA, invented$/m);
  const marks = [...stdout.matchAll(/^(ok {2}|skip|FAIL) (\d) /gm)];
  t.strictSame(
    marks.map(([, , number]) => number),
    [...'123456789']
  );
  t.match(stdout, /^skip 7 AppView integration/m);
  t.match(stdout, /^skip 8 Redis cache {10}REDIS_URL is set nowhere/m);
  t.match(stdout, /\n7 passed, 2 skipped in [\d.]+ m?s\n$/);
  t.notMatch(stdout, '\u001b');
});

t.test('--json prints the document that is described', async (t) => {
  const [all, broken] = await Promise.all([
    run('--json'),
    start(['--state', nothing, '--json']).ended,
  ]);
  const documents = [all, broken].map(({ stdout }): unknown =>
    JSON.parse(stdout)
  );
  for (const document of documents) {
    t.strictSame(reportDifferences(document), []);
  }
  t.match(documents, [
    { checks: { length: 9 }, summary: { passed: 7, skipped: 2, ok: true } },
    { checks: { length: 9 }, summary: { failed: 1, skipped: 8, ok: false } },
  ]);
  t.strictSame([all.code, broken.code], [0, 1]);
  const missing = { ...(documents[0] as object), more: 1, strict: 'no' };
  t.strictSame(reportDifferences(missing), [
    'strict is string, described as boolean',
    'more is not described',
  ]);
  t.equal(
    reportDifferences({}).length,
    REPORT_FIELDS.filter(({ optional }) => optional !== true).length
  );
});

t.test('--strict turns skips into failure, also in TAP', async (t) => {
  const [strict, tap] = await Promise.all([
    run('--strict'),
    run('--tap', '--strict', '--only', 'running,appview'),
  ]);
  t.equal(strict.code, 1);
  t.match(strict.stdout, /--strict: a skip is a failure\n$/);
  t.equal(tap.code, 1);
  t.match(tap.stdout, /^TAP version 14\n1\.\.2\nok 1 - running: Running\n/);
  t.match(tap.stdout, /^not ok 2 - appview: AppView integration$/m);
});

t.test('a limit that cannot be met fails the performance alone', async (t) => {
  const { code, stdout } = await run(
    '--max-latency-ms',
    '0.01',
    '--only',
    'running,performance'
  );
  t.equal(code, 1);
  t.match(stdout, /^ok {3}1 Running/m);
  t.match(stdout, /^FAIL 9 Performance .*too slowly/m);
  t.match(
    stdout,
    /^ +expected +p99 of at most 0\.01 ms \(--max-latency-ms\)$/m
  );
});

t.test('where nothing was set up it says so and makes nothing', async (t) => {
  const { code, stdout } = await start(['--state', nothing]).ended;
  t.equal(code, 1);
  t.match(stdout, /^FAIL 1 Running +it is not set up/m);
  t.match(stdout, /^ +next +npx zx scripts\/setup\.ts --state '.+nothing'$/m);
  t.match(stdout, /^1 failed, 8 skipped in /m);
  t.notOk(existsSync(nothing));
  // Set up, but not running: it is named by the port of its settings.
  const stopped = path.join(scratch, 'stopped');
  mkdirSync(stopped);
  writeFileSync(
    path.join(stopped, '.env.constellation-local'),
    'CONSTELLATION_PORT=16789\n'
  );
  const named = await start(['--state', stopped, '--only', 'running']).ended;
  t.match(named.stdout, /^Constellation Local at http:\/\/127\.0\.0\.1:16789 /);
});

t.test('wrong use is exit 2, before anything is asked', async (t) => {
  const flags = [
    ...['--stric', 'health', '--max-latency-ms', '0', '--only', 'heath'],
    ...['--redis-url', 'http://:hunter2@x', '--url', 'ftp://x'],
  ];
  const [flagged, both, variable] = await Promise.all([
    start(flags).ended,
    start(['--json', '--tap']).ended,
    start([], { CONSTELLATION_PORT: 'abc' }).ended,
  ]);
  t.strictSame([flagged.code, both.code, variable.code], [2, 2, 2]);
  for (const message of [
    'unknown flag --stric; did you mean --strict?',
    'unexpected argument "health"',
    '--max-latency-ms "0": expected a number from 0.01 to 60000 (ms)',
    /--only "heath": expected one of 1 running, .*; did you mean health\?/,
    '--redis-url (value hidden): expected a redis(s):// URL',
    '--url "ftp://x": expected an http(s) URL',
  ]) {
    t.match(flagged.stderr, message);
  }
  t.notMatch(flagged.stderr, 'hunter2');
  t.match(both.stdout, '--json and --tap exclude each other');
  t.match(variable.stderr, 'CONSTELLATION_PORT: "abc" is not an integer');
});

t.test('Ctrl-C ends it with 130, whatever it waits for', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1');
  t.teardown(() => silent.close());
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const asked = once(silent, 'connection');
  const url = `http://127.0.0.1:${port}`;
  const { child, ended } = start(['--state', nothing, '--url', url]);
  await asked;
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  t.equal(code, 130, stderr);
  t.match(stderr, 'Interrupted.');
});

t.test('from another folder, and with a reader that goes away', async (t) => {
  const tsx = import.meta.resolve('tsx');
  const args = ['--import', tsx, SCRIPT, '--state', state, '--only', '1,6'];
  const child = spawn(process.execPath, args, {
    cwd: '/',
    env: { ...process.env, NODE_OPTIONS: undefined },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = (await once(child, 'exit')) as [number | null];
  t.equal(code, 0);
});
