import { spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { run, start, startProgram } from '../../fixtures/cli/run.js';

const SCRIPT = 'tests/fixtures/cli/command.ts';

for (const [program, args] of [
  ['npx', ['zx', SCRIPT]],
  ['npx', ['tsx', SCRIPT]],
] as const) {
  t.test(`${program} ${args.join(' ')} takes the flags`, async (t) => {
    const flags = ['--port', '70', '--yes'];
    const ended = await startProgram(program, [...args, ...flags]).ended;
    t.equal(ended.stdout, 'port 70 from flag\n');
    t.equal(ended.stderr, 'working\n');
    t.equal(ended.code, 0);
  });
}

t.test('with --json stdout is the document alone', async (t) => {
  const ended = await run(['--json'], { CONSTELLATION_PORT: '71' });
  const document: unknown = JSON.parse(ended.stdout);
  t.strictSame(document, { port: 71, from: 'environment' });
  t.equal(ended.code, 0);
});

t.test('--help goes to stdout and exits 0', async (t) => {
  const ended = await run(['--help', '--port', 'nonsense']);
  t.match(ended.stdout, /^Ends as it is told\.\n\nUsage:\n/);
  t.equal(ended.stderr, '');
  t.equal(ended.code, 0);
});

t.test('wrong use exits 2, names all of it and does nothing', async (t) => {
  const ended = await run(['--prot', '--port=0', 'stray', '--json']);
  t.equal(ended.code, 2);
  t.match(ended.stderr, 'unknown flag --prot; did you mean --port?');
  t.match(ended.stderr, '--port "0": expected an integer from 1 to 65535');
  t.match(ended.stderr, 'unexpected argument "stray"');
  t.match(ended.stderr, 'Next: npx zx tests/fixtures/cli/command.ts --help');
  t.match(JSON.parse(ended.stdout), {
    ok: false,
    exitCode: 2,
    error: { code: 'usage', problems: [{ flag: '--prot' }, {}, {}] },
  });
});

t.test('a failure undoes, says why and what is next', async (t) => {
  const file = path.join(t.testdir(), 'undone');
  const ended = await run(['--act', 'fail', '--undo-file', file, '--json']);
  t.equal(ended.code, 1);
  t.equal(
    ended.stderr,
    'Error: the step failed\n  because: disk is full\n' +
      '  Next: npx zx scripts/test.ts\nUndone: write the file\n'
  );
  t.match(JSON.parse(ended.stdout), {
    ok: false,
    error: { code: 'failed', suggestion: 'npx zx scripts/test.ts' },
  });
  t.equal(readFileSync(file, 'utf8'), 'undone');
});

t.test('an error that nobody waited for ends the command', async (t) => {
  const ended = await run(['--act', 'stray'], { DEBUG: '1' });
  t.equal(ended.code, 1);
  t.match(ended.stderr, /^Error: nobody waited\n/);
  t.match(ended.stderr, 'command.ts:', 'DEBUG shows the stack');
});

t.test('undoing that hangs is said and does not hold', async (t) => {
  const file = path.join(t.testdir(), 'undone');
  const args = ['--act', 'fail', '--undo-file', file, '--undo'];
  const hangs = await run([...args, 'hangs']);
  t.match(hangs.stderr, 'Not undone: write the file: not undone within 400 ms');
  t.equal(hangs.code, 1);
});

t.test('Ctrl-C undoes and exits 130', async (t) => {
  const file = path.join(t.testdir(), 'undone');
  const running = start(['--act', 'wait', '--undo-file', file]);
  await running.saw('waiting');
  running.child.kill('SIGINT');
  const ended = await running.ended;
  t.equal(ended.code, 130);
  t.match(ended.stderr, 'Press Ctrl-C again to leave at once');
  t.match(ended.stderr, 'Error: Interrupted.\nUndone: write the file\n');
  t.ok(existsSync(file));
});

t.test('SIGTERM undoes also what a deaf command did: 143', async (t) => {
  const file = path.join(t.testdir(), 'undone');
  const running = start(['--act', 'deaf', '--undo-file', file]);
  await running.saw('waiting');
  running.child.kill('SIGTERM');
  t.equal((await running.ended).code, 143);
  t.ok(existsSync(file));
});

t.test('a second Ctrl-C leaves at once and says what stays', async (t) => {
  const file = path.join(t.testdir(), 'undone');
  const args = ['--act', 'wait', '--undo', 'hangs', '--undo-file', file];
  const running = start(args, { COMMAND_UNDO_MS: '30000' });
  await running.saw('waiting');
  running.child.kill('SIGINT');
  await running.saw('Error: Interrupted.');
  const again = setInterval(() => running.child.kill('SIGINT'), 20);
  t.teardown(() => clearInterval(again));
  const ended = await running.ended;
  t.equal(ended.code, 130);
  t.match(ended.stderr, 'Left at once.\n  not undone: write the file');
});

t.test('a reader that goes away is no error', async (t) => {
  const line = `${process.execPath} --import tsx ${SCRIPT} --act print`;
  const script = `set -o pipefail; ${line} | head -n 1`;
  const ended = await startProgram('bash', ['-c', script]).ended;
  t.strictSame(ended, { code: 0, stdout: 'line 0\n', stderr: '' });
});

const skip = process.platform !== 'linux' && '/dev/full is of Linux';
t.test('a result that cannot be written is exit 1', { skip }, async (t) => {
  const ended = spawnSync(process.execPath, ['--import', 'tsx', SCRIPT], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  });
  t.equal(ended.status, 1);
  t.match(ended.stderr, 'cannot write to stdout: ENOSPC');
});

t.test('on a terminal the question is asked on stderr', async (t) => {
  const line = `"${process.execPath}" --import tsx ${SCRIPT} --act ask 2>&1`;
  const terminal = startProgram('script', ['-qec', line, '/dev/null']);
  t.teardown(() => terminal.child.kill('SIGKILL'));
  await terminal.saw('What name?');
  terminal.child.stdin?.write('Ada\r');
  const ended = await terminal.ended;
  t.equal(ended.code, 0);
  t.match(ended.stdout, /hello Ada\r\n$/);
});

t.test('Ctrl-C in a question undoes and exits 130', async (t) => {
  const file = path.join(t.testdir(), 'undone');
  const line =
    `"${process.execPath}" --import tsx ${SCRIPT} --act confirm ` +
    `--undo-file "${file}"`;
  const terminal = startProgram('script', ['-qec', line, '/dev/null']);
  t.teardown(() => terminal.child.kill('SIGKILL'));
  await terminal.saw('Type data to go on');
  terminal.child.stdin?.write('\u0003');
  t.equal((await terminal.ended).code, 130);
  t.ok(existsSync(file));
});
