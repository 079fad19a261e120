/** The command line of scripts/teardown.ts, end to end. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { EmbeddedRuntime } from '../../lib/runtime/embedded/embedded-runtime.js';
import { acquireLock } from '../../lib/runtime/process-lock.js';
import type { RuntimeStatus } from '../../lib/runtime/runtime.js';
import { stateFolder } from '../../lib/runtime/state-folder.js';
import { openDataFolder } from '../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { startProgram, type Running } from '../fixtures/cli/run.js';
import {
  pidOf,
  scratchFolder,
  STAND_IN_PROGRAMS,
  standInConfig,
  untilGone,
} from '../fixtures/runtime/scratch.js';
import {
  contentOf,
  EARLIER_ENV,
  leaveBehind,
  type LeftBySetup,
} from '../fixtures/torn-down.js';

const SCRIPT = fileURLToPath(
  new URL('../../scripts/teardown.ts', import.meta.url)
);

function start(state: string, ...args: readonly string[]): Running {
  return startProgram(
    process.execPath,
    ['--import', 'tsx', SCRIPT, '--state', state, ...args],
    { CONSTELLATION_STATE: undefined }
  );
}

/** What setup leaves, with an index that runs. */
async function running(
  t: Test,
  behaviour = ''
): Promise<LeftBySetup & { readonly status: RuntimeStatus }> {
  const left = await leaveBehind(t);
  const { folder } = left;
  const runtime = new EmbeddedRuntime({ folder, programs: STAND_IN_PROGRAMS });
  t.teardown(() => runtime.stop({ force: true, deadlineMs: 3000 }));
  return { ...left, status: await runtime.start(standInConfig(behaviour)) };
}

t.test('it stops, keeps the data, and then has nothing to do', async (t) => {
  const { folder, status } = await running(t);
  const first = await start(folder.path, '--yes').ended;
  t.equal(first.code, 0, first.stderr);
  await untilGone(pidOf(status));
  t.match(first.stderr, /^ok {3}Tearing down: stopped/m);
  t.match(first.stdout, `the data in ${folder.data} is still there`);
  t.match(first.stderr, 'still points here: put it back with --appview');
  const before = contentOf(folder.path);
  const second = await start(folder.path, '--yes', '--json').ended;
  t.equal(second.code, 0);
  t.match(JSON.parse(second.stdout), {
    schemaVersion: 1,
    ok: true,
    dryRun: false,
    state: 'stopped',
    stopped: false,
    removed: [],
    strays: [],
  });
  t.strictSame(contentOf(folder.path), before);
});

t.test('where nothing was set up it says so and makes nothing', async (t) => {
  const state = path.join(scratchFolder(t), 'nothing');
  const { code, stdout } = await start(state, '--config', '--data').ended;
  t.equal(code, 0);
  t.match(stdout, /^Nothing to do: .* was never started here\.\n$/);
  t.notOk(existsSync(state));
});

t.test('nothing goes without its name', async (t) => {
  const left = await leaveBehind(t);
  const before = contentOf(left.root);
  // One after another: two of them that met at the lock would end with 11.
  const unconfirmed = await start(left.folder.path, '--data', '--yes').ended;
  const wrong = await start(left.folder.path, '--data', '--confirm', 'other')
    .ended;
  const dry = await start(left.folder.path, '--config', '--data', '--dry-run')
    .ended;
  const unknown = await start(left.folder.path, '--dta').ended;
  t.strictSame(
    [unconfirmed.code, wrong.code, dry.code, unknown.code],
    [2, 2, 0, 2]
  );
  t.match(unconfirmed.stderr, 'an answer is missing: give --confirm');
  t.match(
    unconfirmed.stderr,
    /^ {2}data +.*elsewhere \([\d.]+ KiB, 3 files\)$/m
  );
  t.match(wrong.stderr, '--confirm "other": expected "state"');
  t.match(unknown.stderr, 'unknown flag --dta; did you mean --data?');
  t.match(dry.stdout, 'Would do (nothing was done)');
  for (const place of [left.settings, left.folder.data, left.elsewhere]) {
    t.match(dry.stdout, place);
  }
  t.notMatch(dry.stdout, left.foreign);
  t.strictSame(contentOf(left.root), before);
});

t.test('all of it goes at once, the AppView is as before', async (t) => {
  const left = await running(t);
  const { folder, appview } = left;
  const levels = ['--config', '--data', '--appview', appview];
  const { code, stdout, stderr } = await start(
    ...[folder.path, ...levels, '--yes', '--confirm', 'state']
  ).ended;
  t.equal(code, 0, stderr);
  t.notMatch(stdout, 'never started', 'it was here');
  await untilGone(pidOf(left.status));
  t.equal(readFileSync(left.env, 'utf8'), EARLIER_ENV);
  for (const gone of [folder.path, left.elsewhere, left.settings]) {
    t.notOk(existsSync(gone), gone);
    t.match(stdout, gone);
  }
  t.ok(existsSync(path.join(left.foreign, 'index.mdb')));
  const again = await start(folder.path, ...levels).ended;
  t.equal(again.code, 0);
  t.match(again.stdout, /^Nothing to do: /);
});

t.test('on a terminal the name is typed and a backup is offered', async (t) => {
  const left = await leaveBehind(t);
  const { folder } = left;
  // A new pseudo-terminal has no rows, and nothing is drawn again there.
  const line = `stty rows 24 columns 80; "${process.execPath}" --import tsx "${SCRIPT}" --state "${folder.path}" --data 2>&1`;
  const terminal = startProgram('script', ['-qec', line, '/dev/null']);
  t.teardown(() => terminal.child.kill('SIGKILL'));
  await terminal.saw('Type state to go on');
  terminal.child.stdin?.write('data\r');
  await terminal.saw('"state"');
  t.ok(existsSync(left.elsewhere));
  terminal.child.stdin?.write('\u007f\u007f\u007f\u007fstate\r');
  await terminal.saw('Make a backup first?');
  terminal.child.stdin?.write('n');
  const { code, stdout } = await terminal.ended;
  t.equal(code, 0, stdout);
  t.notOk(existsSync(left.elsewhere));
  t.ok(existsSync(left.settings));
});

t.test('another run, and another index, keep it out with 11', async (t) => {
  const left = await leaveBehind(t);
  const { folder } = left;
  const other = await acquireLock(folder.lock, { purpose: 'setup' });
  const locked = await start(folder.path, '--yes').ended;
  await other.release();
  t.equal(locked.code, 11);
  t.match(locked.stderr, `locked by process ${process.pid}`);
  const file = path.join(left.elsewhere, 'constellation-embedded.lock');
  const index = await acquireLock(file, { purpose: 'an index' });
  t.teardown(() => index.release());
  const before = contentOf(folder.path);
  const [removing, stopping] = await Promise.all([
    start(folder.path, '--data', '--confirm', 'state').ended,
    start(folder.path, '--dry-run').ended,
  ]);
  t.equal(removing.code, 11);
  t.strictSame(contentOf(folder.path), before);
  t.equal(stopping.code, 0);
  t.match(stopping.stderr, `to stop it: kill ${process.pid}`);
});

t.test('Ctrl-C leaves what the next run ends', async (t) => {
  const { folder, status } = await running(t, 'slow-stop');
  const interrupted = start(folder.path, '--yes');
  const log = (): string => readFileSync(folder.indexLog, 'utf8');
  while (!log().includes('SIGTERM: stopping')) {
    await new Promise((done) => setTimeout(done, 20));
  }
  interrupted.child.kill('SIGINT');
  const { code, stderr } = await interrupted.ended;
  t.equal(code, 130, stderr);
  t.match(stderr, 'not finished; run it again to go on');
  const next = await start(folder.path, '--yes').ended;
  t.equal(next.code, 0, next.stderr);
  await untilGone(pidOf(status));
  t.match(next.stdout, 'the embedded index is stopped');
});

t.test('a damaged record stops it, with the way out', async (t) => {
  const { folder } = await leaveBehind(t);
  writeFileSync(folder.setupRecord, '{');
  const { code, stderr } = await start(folder.path, '--yes').ended;
  t.equal(code, 1);
  t.match(stderr, `${folder.setupRecord} is damaged or of another version`);
  t.match(stderr, /^ {2}Next: /m);
  rmSync(folder.setupRecord);
});

t.test('on a full disk it stops and removes all the same', async (t) => {
  const mount = scratchFolder(t);
  try {
    const options = ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount];
    execFileSync('mount', options, { stdio: 'pipe' });
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    t.pass('mounted', { skip: 'only root may mount a file system' });
    return;
  }
  t.teardown(() => execFileSync('umount', ['-l', mount]));
  const folder = stateFolder(path.join(mount, 'state'));
  const runtime = new EmbeddedRuntime({ folder, programs: STAND_IN_PROGRAMS });
  t.teardown(() => runtime.stop({ force: true, deadlineMs: 3000 }));
  const status = await runtime.start(standInConfig(''));
  openDataFolder(folder.data, false);
  const fill = path.join(mount, 'fill');
  t.throws(() => writeFileSync(fill, Buffer.alloc(2 ** 21)), {
    code: 'ENOSPC',
  });
  const stopped = await start(folder.path, '--yes').ended;
  t.equal(stopped.code, 0, stopped.stderr);
  t.match(stopped.stderr, 'the disk is full: nothing can be written down');
  await untilGone(pidOf(status));
  const all = ['--config', '--data', '--confirm', 'state'];
  const removed = await start(folder.path, ...all).ended;
  t.equal(removed.code, 0, removed.stderr);
  t.notOk(existsSync(folder.path));
});
