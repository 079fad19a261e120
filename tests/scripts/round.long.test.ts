/** The whole round of an operator, from a fresh clone of what is committed. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { formatDuration } from '../../lib/cli/index.js';
import { PROJECT_FOLDER } from '../../lib/runtime/state-folder.js';
import { startProgram, type Ended } from '../fixtures/cli/run.js';
import { sampleOf, shapeOf } from '../fixtures/documents/sample-shape.js';
import { freePort } from '../fixtures/free-port.js';
import { scratchFolder } from '../fixtures/runtime/scratch.js';

const QUICKSTART = 'CONSTELLATION-PHASE2-QUICKSTART.md';

const clone = path.join(scratchFolder(t), 'größe here');
execFileSync('git', ['clone', '-q', PROJECT_FOLDER, clone]);
const modules = path.join(PROJECT_FOLDER, 'node_modules');
symlinkSync(modules, path.join(clone, 'node_modules'));

/** The machine's own settings are not the test's. */
const ENV: Readonly<Record<string, undefined>> = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(CONSTELLATION_|JETSTREAM_URL$|REDIS_URL$)/.test(name))
    .map((name) => [name, undefined])
);

/** Runs a command of the documents, as it stands there, and more flags. */
async function run(
  t: Test,
  command: string,
  ...more: readonly string[]
): Promise<Ended> {
  const [program = '', ...args] = command.split(' ');
  const startedMs = performance.now();
  const ended = await startProgram(program, [...args, ...more], ENV, clone)
    .ended;
  t.comment(`${command}: ${formatDuration(performance.now() - startedMs)}`);
  t.equal(ended.code, 0, `${command}: ${ended.stdout}${ended.stderr}`);
  return ended;
}

const SETUP = 'npx zx scripts/setup.ts --yes --sample';
const TEST = 'npx zx scripts/test.ts';
const TEARDOWN = 'npx zx scripts/teardown.ts --yes';

const ports = [
  ...['--port', String(await freePort())],
  ...['--metrics-port', String(await freePort())],
  ...['--bridge-port', String(await freePort())],
];
t.teardown(() =>
  startProgram(
    'npx',
    [...TEARDOWN.split(' ').slice(1), '--force'],
    ENV,
    clone
  ).ended.then(() => undefined)
);
const state = path.join(clone, '.constellation-local');
const data = path.join(state, 'sample-data/index.mdb');

t.test('set up, check, stop, and the samples are real', async (t) => {
  const setup = await run(t, SETUP, ...ports);
  const test = await run(t, TEST, '--max-latency-ms', '60000');
  t.match(test.stdout, /\n7 passed, 2 skipped in /);
  const again = await run(t, SETUP, ...ports);
  const teardown = await run(t, TEARDOWN);
  t.ok(existsSync(data), 'the data is still there');
  for (const [command, { stdout, stderr }] of [
    [SETUP, setup],
    [TEST, test],
    [TEARDOWN, teardown],
  ] as const) {
    const sample = sampleOf(QUICKSTART, command);
    const real = shapeOf(stderr + stdout, clone);
    t.strictSame(real, shapeOf(sample), command);
  }
  t.match(again.stdout, 'everything was set up already');
});

t.test('set up again on the same data, then take it away', async (t) => {
  await run(t, SETUP, ...ports);
  const health = await run(t, TEST, '--only', 'running,data', '--json');
  t.match(JSON.parse(health.stdout), { summary: { passed: 2, ok: true } });
  const log = readFileSync(path.join(state, 'logs/embedded.log'), 'utf8');
  t.match(log, 'data in ');
  await run(
    t,
    'npx zx scripts/teardown.ts --config --data --yes --confirm .constellation-local'
  );
  t.notOk(existsSync(state));
  t.notOk(existsSync(path.join(clone, '.env.constellation-local')));
  const status = execFileSync('git', ['status', '--short'], { cwd: clone });
  t.equal(String(status), '?? node_modules\n', 'nothing else is left behind');
  const last = await run(t, TEARDOWN);
  t.match(last.stdout, /^Nothing to do: /);
});
