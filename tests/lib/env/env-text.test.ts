import { parse } from 'dotenv';
import fc from 'fast-check';
import t from 'tap';
import { assignments, EnvError, readEnvText } from '../../../lib/env/index.js';
import { joinEnvText } from '../../../lib/env/env-text.js';
import { envText } from './env-text-samples.js';

/** What is wrong with a text, as `line: message`. */
function wrong(text: string): string[] {
  try {
    readEnvText(text);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return error.problems.map(({ line, message }) => `${line}: ${message}`);
  }
  return [];
}

t.test('lines are taken apart', async (t) => {
  const text =
    '\uFEFF# note\r\n\r\n  export A = \'x # y\' # z\r\nB="1\r\n2" \r\nC=  #c';
  const { bom, lines } = readEnvText(text);
  t.equal(bom, '\uFEFF');
  t.strictSame(lines, [
    { kind: 'plain', raw: '# note\r\n' },
    { kind: 'plain', raw: '\r\n' },
    {
      kind: 'assignment',
      line: 3,
      key: 'A',
      head: '  export A = ',
      rawValue: "'x # y'",
      value: 'x # y',
      quoting: 'single',
      tail: ' # z',
      eol: '\r\n',
    },
    {
      kind: 'assignment',
      line: 4,
      key: 'B',
      head: 'B=',
      rawValue: '"1\r\n2"',
      value: '1\n2',
      quoting: 'double',
      tail: ' ',
      eol: '\r\n',
    },
    {
      kind: 'assignment',
      line: 6,
      key: 'C',
      head: 'C=',
      rawValue: '',
      value: '',
      quoting: 'bare',
      tail: '  #c',
      eol: '',
    },
  ]);
});

t.test('values are read as dotenv reads them', async (t) => {
  for (const text of [
    'A=a b#c',
    "A=it's",
    'A="say \\"hi\\" \\n there"',
    "A='it\\'s'",
    'A=`b"q\'`',
    'A="{"json":1}"',
    'A=\'C:\\dir\\\'\nB="x"',
    'A=\nB=1',
    'A: yaml',
    'A=1\nA=2',
    'A="x"# note',
    'A=a\rB=b',
    'export=1',
    '__proto__=1\nA=2',
    'A=$B ${C:-d} # e',
    'A=a\u00a0',
    '',
  ]) {
    const read = Object.fromEntries(
      [...assignments(readEnvText(text))]
        .filter(([key]) => key !== '__proto__')
        .map(([key, { value }]) => [key, value])
    );
    t.strictSame(read, parse(text), JSON.stringify(text));
  }
});

t.test('what is broken is refused with its line', async (t) => {
  const no = 'not an assignment (KEY=value), a comment or empty';
  for (const [text, problems] of [
    ['A=1\nnonsense here\nB=2\n=x\n', [`2: ${no}`, `4: ${no}`]],
    ['A=1\r\nexport B\r\n', [`2: ${no}`]],
    ['A=1\n\nB="open\nC=3\n', ['3: the quote " is not closed']],
    ["A='open # x", ["1: the quote ' is not closed"]],
    ['A="x" y\n', ['1: text after the closing "']],
    ['A=1\nB=2\0', ['2: a NUL byte; this is no text file']],
    // U+2028 is a line end to dotenv, a no-break space is white space.
    ['A=1\n# a\u2028B=1', ['2: dotenv reads this key inside a line']],
    ["A=1\nB=\u00a0'x'", ['2: dotenv reads another value here']],
    ['<html>', [`1: ${no}`]],
  ] as const) {
    t.strictSame(wrong(text), problems, problems.join());
  }
});

t.test('a text of nothing but problems lists a few of them', async (t) => {
  t.throws(() => readEnvText('x\n'.repeat(30)), {
    code: 'broken-env',
    message: /line 20: [^\n]+\nand 10 more$/,
  });
});

t.test('more than a megabyte is no env file', async (t) => {
  const text = `A=${'x'.repeat(1024 * 1024)}`;
  t.throws(() => readEnvText(text), { code: 'too-large' });
});

t.test('a long quoted value is read whole and in time', async (t) => {
  const value = 'line\n'.repeat(100_000);
  const text = `A='${value}'\nB=1`;
  t.equal(assignments(readEnvText(text)).get('A')?.value, value);
});

t.test('any text is read as dotenv reads it, or refused', (t) => {
  const soup = fc
    .array(
      fc.constantFrom(
        ...['A', 'B', '=', '=', '\n', '\n', '\r', ' ', '#', "'", '"', '`'],
        ...['\\', ': ', 'export ', 'x', '\uFEFF', '\u2028', '\u00a0']
      ),
      { maxLength: 24 }
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(envText, soup), (text) => {
      let read;
      try {
        read = readEnvText(text);
      } catch (error) {
        return error instanceof EnvError && error.problems.length > 0;
      }
      if (joinEnvText(read) !== text) return false;
      const theirs = parse(text);
      const ours = [...assignments(read)];
      return (
        ours.length === Object.keys(theirs).length &&
        ours.every(([key, { value }]) => theirs[key] === value)
      );
    }),
    { numRuns: 2000 }
  );
  t.end();
});
