import { EventEmitter } from 'node:events';
import t from 'tap';
import {
  CliError,
  errorDocument,
  errorText,
  EXIT,
  exitCodeFor,
  InterruptedError,
  UndoStack,
  UsageError,
} from '../../../lib/cli/index.js';
import { listenForInterruption } from '../../../lib/cli/interruption.js';

t.test('what was done is taken back newest first, once', async (t) => {
  const undo = new UndoStack();
  const order: string[] = [];
  undo.add('first', () => void order.push('first'));
  undo.add('second', async () => void order.push('second'));
  t.strictSame(undo.labels, ['second', 'first']);
  await undo.run(60_000);
  await undo.run(60_000);
  t.strictSame(order, ['second', 'first']);
  t.strictSame(undo.labels, []);
});

t.test('a failure is told and does not keep the others', async (t) => {
  const undo = new UndoStack();
  let ran = false;
  undo.add('first', () => {
    ran = true;
  });
  undo.add('second', () => {
    throw new Error('no space');
  });
  const told: string[] = [];
  const outcomes = await undo.run(60_000, (outcome) =>
    told.push(`${outcome.label} ${outcome.state}`)
  );
  t.strictSame(told, ['second failed', 'first undone']);
  t.match(outcomes[0], { error: { message: 'no space' } });
  t.ok(ran);
});

t.test(
  'at the deadline the signal fires and the rest is too late',
  async (t) => {
    const undo = new UndoStack();
    let aborted = false;
    undo.add('never reached', () => void t.fail('ran'));
    undo.add('hangs', (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    });
    const outcomes = await undo.run(20);
    t.ok(aborted);
    t.match(outcomes, [
      { label: 'hangs', state: 'too-late' },
      { label: 'never reached', state: 'too-late' },
    ]);
  }
);

t.test('what was taken out or committed is not undone', async (t) => {
  const undo = new UndoStack();
  const order: string[] = [];
  const forget = undo.add('a', () => void order.push('a'));
  undo.add('b', () => void order.push('b'));
  forget();
  t.strictSame(undo.labels, ['b']);
  undo.commit();
  undo.add('c', () => void order.push('c'));
  await undo.run(60_000);
  t.strictSame(order, ['c']);
});

t.test('the first request aborts, a later one leaves', async (t) => {
  const source = new EventEmitter();
  const told: string[] = [];
  let nowMs = 1000;
  const interruption = listenForInterruption(
    source,
    {
      onFirst: (error) => told.push(`first ${error.exitCode}`),
      onSecond: (error) => told.push(`second ${error.exitCode}`),
    },
    () => nowMs
  );
  t.notOk(interruption.signal.aborted);
  source.emit('SIGHUP', 'SIGHUP');
  t.ok(interruption.signal.aborted);
  t.ok(interruption.signal.reason instanceof InterruptedError);
  t.equal(interruption.error(), interruption.signal.reason);
  nowMs += 100;
  source.emit('SIGINT', 'SIGINT');
  t.strictSame(told, ['first 129'], 'the same one again through npx');
  nowMs += 200;
  source.emit('SIGINT', 'SIGINT');
  t.strictSame(told, ['first 129', 'second 130']);
  interruption.dispose();
  t.equal(source.listenerCount('SIGINT') + source.listenerCount('SIGHUP'), 0);
});

t.test('a cancelled question counts as the first request', async (t) => {
  const source = new EventEmitter();
  const told: string[] = [];
  const interruption = listenForInterruption(source, {
    onFirst: () => told.push('first'),
    onSecond: () => told.push('second'),
  });
  t.teardown(interruption.dispose);
  interruption.interrupt(new InterruptedError());
  t.ok(interruption.signal.aborted);
  source.emit('SIGTERM', 'SIGTERM');
  t.strictSame(told, [], 'the undoing has begun; this is no second request');
});

t.test('every error has its exit code', async (t) => {
  const locked = (code: string): Error =>
    Object.assign(new Error('taken'), { code });
  const usage = new UsageError([{ code: 'bad-value', message: 'bad' }]);
  for (const [error, code] of [
    [usage, 2],
    [new InterruptedError('SIGINT'), 130],
    [new InterruptedError('SIGTERM'), 143],
    [new InterruptedError('SIGHUP'), 129],
    [locked('locked'), 11],
    [locked('runtime-locked'), 11],
    [locked('blocked'), 1],
    [new Error('x'), 1],
    ['thrown text', 1],
    [undefined, 1],
    [
      new CliError('x', { code: 'failed', exitCode: EXIT.nothingFound }),
      EXIT.nothingFound,
    ],
  ] as const) {
    t.equal(exitCodeFor(error), code, String(error));
  }
});

t.test('causes are told once each, in order, and cycles end', async (t) => {
  const root = new Error('refused');
  const several = new AggregateError([new Error('::1'), new Error('v4')], '');
  several.cause = root;
  const middle = new Error('connect failed', { cause: several });
  root.cause = middle;
  const top = new Error('cannot start: connect failed', { cause: middle });
  t.equal(
    errorText(Object.assign(top, { suggestion: 'try again' })),
    'cannot start: connect failed\n  because: unknown error\n' +
      '  because: refused\n  because: ::1\n  because: v4\n  Next: try again'
  );
});

t.test('control characters do not reach the terminal', async (t) => {
  const text = errorText(new Error('a\u001b[2Jb\u0007\u009bc\nd\te'));
  t.equal(text, 'a[2Jbc\nd\te');
  t.ok(errorText(new Error('x'.repeat(1e6))).length < 3000);
});

t.test('an error without a message shows its code', async (t) => {
  t.equal(errorText(Object.assign(new Error(''), { code: 'EIO' })), 'EIO');
  t.equal(errorText(null), 'null');
});

t.test('the document says what the text says', async (t) => {
  const error = new UsageError(
    [{ code: 'unknown-flag', flag: '--x', message: 'unknown flag --x' }],
    'see --help'
  );
  t.strictSame(errorDocument(error), {
    ok: false,
    exitCode: 2,
    error: {
      code: 'usage',
      message: 'unknown flag --x',
      suggestion: 'see --help',
      problems: error.problems,
    },
  });
  t.match(errorDocument(new Error('a', { cause: new Error('b') })), {
    error: { code: 'failed', message: 'a: b' },
  });
});
