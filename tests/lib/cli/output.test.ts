import { PassThrough } from 'node:stream';
import t from 'tap';
import {
  fitLine,
  formatBytes,
  formatDuration,
  hasCredentials,
  labelled,
  Output,
  paintFor,
  Steps,
  summaryBox,
  textWidth,
  wantsColour,
  withoutCredentials,
} from '../../../lib/cli/index.js';

interface Captured {
  readonly output: Output;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

function capture(json: boolean, env: Record<string, string> = {}): Captured {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const text = (stream: PassThrough): string =>
    (stream.read() as Buffer | null)?.toString() ?? '';
  return {
    output: new Output({ stdout, stderr, json, env }),
    stdout: () => text(stdout),
    stderr: () => text(stderr),
  };
}

t.test('results go to stdout, everything else to stderr', async (t) => {
  const { output, stdout, stderr } = capture(false);
  output.result('42');
  output.note('working');
  output.warn('slow');
  output.error('broken');
  output.document({ left: 'out' });
  t.equal(stdout(), '42\n');
  t.equal(stderr(), 'working\nWarning: slow\nError: broken\n');
});

t.test('with json there is one document on stdout and no more', async (t) => {
  const { output, stdout } = capture(true);
  output.result('42');
  t.throws(() => output.document(undefined), TypeError);
  t.notOk(output.documented);
  output.document({ answer: 42 });
  t.ok(output.documented);
  t.throws(() => output.document({}), TypeError);
  t.strictSame(JSON.parse(stdout()), { answer: 42 });
});

t.test('colour is where terminal and environment allow it', async (t) => {
  const terminal = { isTTY: true };
  for (const [target, env, wanted] of [
    [terminal, {}, true],
    [{}, {}, false],
    [terminal, { NO_COLOR: '1' }, false],
    [terminal, { NO_COLOR: '' }, true],
    [terminal, { TERM: 'dumb' }, false],
    [{}, { FORCE_COLOR: '1' }, true],
    [{}, { FORCE_COLOR: '' }, true],
    [terminal, { FORCE_COLOR: '0' }, false],
    [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ] as const) {
    t.equal(wantsColour(target, env), wanted, JSON.stringify({ env }));
  }
  const { output, stderr } = capture(false, { FORCE_COLOR: '1' });
  output.error('x');
  t.equal(stderr(), '\u001b[31mError:\u001b[39m x\n');
});

function captureStderr(extra: object = {}): {
  output: Output;
  text: () => string;
} {
  const stderr = Object.assign(new PassThrough(), extra);
  const output = new Output({ stderr, env: { NO_COLOR: '1' } });
  let all = '';
  stderr.setEncoding('utf8').on('data', (part: string) => (all += part));
  return { output, text: () => all + ((stderr.read() as string | null) ?? '') };
}

t.test('in a pipe every step is one line, when it ends', async (t) => {
  const { output, text } = captureStderr();
  let nowMs = 0;
  const steps = new Steps(output, { total: 4, now: () => nowMs });
  const first = steps.start('Port');
  first.update('asking');
  nowMs += 12;
  first.done('6789 is free');
  first.fail('only the first end counts');
  steps.start('Docker').skip('no engine');
  steps.start('Jetstream').warn('slow');
  nowMs += 0.5;
  steps.start('Health').fail('no answer');
  t.equal(
    text(),
    'ok   [1/4] Port: 6789 is free (12 ms)\n' +
      'skip [2/4] Docker: no engine\n' +
      'warn [3/4] Jetstream: slow (0 ms)\n' +
      'FAIL [4/4] Health: no answer (0 ms)\n'
  );
});

t.test('on a terminal a line moves and makes room for others', async (t) => {
  const { output, text } = captureStderr({ isTTY: true, columns: 30 });
  const steps = new Steps(output, { animate: true, now: () => 0 });
  const step = steps.start('Building');
  step.update('crate\n12 of 300, which is a long way to go');
  await new Promise((resolve) => setTimeout(resolve, 250));
  output.note('a warning of the compiler');
  step.done();
  output.note('after');
  const wipe = '\r\u001b[2K';
  const drawn = text().split(wipe).filter(Boolean);
  t.match(drawn[0], /^⠋ Building$/);
  t.match(drawn[1], /^⠙ Building: crate 12 of 300,…$/);
  t.match(text(), `${wipe}a warning of the compiler\n`);
  t.match(text(), /✔ Building \(0 ms\)\nafter\n$/);
});

t.test('a summary is a titled block, open on the right', async (t) => {
  const rows = labelled([
    ['API', 'http://127.0.0.1:6789'],
    ['Data path', '/srv/größe\nsecond'],
  ]);
  t.equal(
    summaryBox('Constellation Local', rows, paintFor({}, {})),
    '┌ Constellation Local\n' +
      '│ API        http://127.0.0.1:6789\n' +
      '│ Data path  /srv/größe\n' +
      '│ second\n' +
      '└'
  );
});

t.test('sizes are said in the binary unit that fits', async (t) => {
  for (const [sizeBytes, text] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1024 * 1024 - 1, '1.0 MiB'],
    [1.5 * 1024 ** 2, '1.5 MiB'],
    [3 * 1024 ** 3, '3.0 GiB'],
    [2048 * 1024 ** 5, '2048.0 PiB'],
    [-2048, '-2.0 KiB'],
  ] as const) {
    t.equal(formatBytes(sizeBytes), text);
  }
});

t.test('durations are said in the units that fit', async (t) => {
  for (const [durationMs, text] of [
    [0, '0 ms'],
    [0.26, '0.3 ms'],
    [12.4, '12 ms'],
    [999.7, '1 s'],
    [1234, '1.2 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_600, '1 h'],
    [11_520_000, '3 h 12 min'],
    [86_400_000, '1 day'],
    [216_000_000, '2.5 days'],
    [-1500, '-1.5 s'],
    [Number.POSITIVE_INFINITY, 'never'],
  ] as const) {
    t.equal(formatDuration(durationMs), text);
  }
});

t.test('a line is cut to the columns it may take', async (t) => {
  t.equal(textWidth('a\u001b[31mb\u001b[39m'), 2);
  t.equal(textWidth('星座'), 4);
  t.equal(textWidth('e\u0301'), 1);
  t.equal(fitLine('short', 5), 'short');
  t.equal(fitLine('longer', 5), 'long…');
  t.equal(fitLine('星座星座', 5), '星座…');
  t.equal(fitLine('a\r\n\tb\u001b[2Jc', 20), 'a bc');
});

t.test('credentials are taken out of every URL in a text', async (t) => {
  for (const [text, clean] of [
    ['redis://:pw@h:6379/0', 'redis://(hidden)@h:6379/0'],
    [
      'at https://u:p@a and http://t@b.',
      'at https://(hidden)@a and http://(hidden)@b.',
    ],
    ['redis://:p/w#d@h', 'redis://(hidden)@h'],
    ['postgres://u:p@ss@h/db', 'postgres://(hidden)@h/db'],
  ] as const) {
    t.equal(withoutCredentials(text), clean);
    t.ok(hasCredentials(text));
    t.ok(hasCredentials(text), 'asked twice it says the same');
  }
});

t.test('an ordinary URL and an address stay', async (t) => {
  for (const text of ['http://127.0.0.1:6789/links', 'ask me@example.com']) {
    t.equal(withoutCredentials(text), text);
    t.notOk(hasCredentials(text));
  }
});
