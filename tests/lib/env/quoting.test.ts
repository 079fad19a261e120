import { parse } from 'dotenv';
import fc from 'fast-check';
import t from 'tap';
import { writeValue } from '../../../lib/env/index.js';
import { anyValue } from './env-text-samples.js';

t.test('a value is quoted only when it must be', async (t) => {
  for (const [value, written] of [
    ['', ''],
    ['http://127.0.0.1:6789', 'http://127.0.0.1:6789'],
    ['a b', "'a b'"],
    ['a#b', "'a#b'"],
    ['http://h/?a=1&b=2', "'http://h/?a=1&b=2'"],
    ['$HOME', "'$HOME'"],
    ["it's", '"it\'s"'],
    ['C:\\dir\\', 'C:\\dir\\'],
    ['a\\\\b', 'a\\\\b'],
    ['a\nb', '"a\\nb"'],
    ['a\r\nb', '"a\\r\\nb"'],
    ['{"a":\n1}', '\'{"a":\n1}\''],
    [`it's "both"`, `it's "both"`],
    [' padded ', "' padded '"],
  ] as const) {
    t.equal(writeValue('A', value), written);
  }
});

t.test('the present way of quoting is kept where it can be', async (t) => {
  t.equal(writeValue('A', 'x', 'double'), '"x"');
  t.equal(writeValue('A', 'x', 'single'), "'x'");
  t.equal(writeValue('A', '$x', 'double'), "'$x'");
  t.equal(writeValue('A', "it's", 'single'), '"it\'s"');
  t.equal(writeValue('A', 'x', 'backtick'), 'x');
});

/**
 * How Compose 2 reads a value: compose-go `dotenv/parser.go`
 * (extractVarValue), where no variable is set.
 */
function composeReads(written: string): string | undefined {
  const quote = written[0];
  const template = (text: string): string | undefined =>
    /\$/.test(text) ? undefined : text; // any `$` may be replaced
  if (quote !== "'" && quote !== '"') {
    const [line = ''] = written.split('\n');
    const [value = ''] = line.split(' #');
    return template(value.trimEnd());
  }
  let value = '';
  let at = 1;
  for (; at < written.length && written[at] !== quote; at++) {
    const next = written[at + 1] ?? '';
    if (written[at] !== '\\') value += written[at];
    else if (next === quote) {
      value += quote;
      at += 1;
    } else {
      value += `\\${next}`;
      at += 1;
    }
  }
  if (at !== written.length - 1) return undefined; // not closed at the end
  if (quote === "'") return value;
  const escapes: Readonly<Record<string, string>> = {
    n: '\n',
    r: '\r',
    t: '\t',
    '"': '"',
    '\\': '\\',
  };
  return template(
    value.replace(/\\(.)/gs, (whole, name: string) => escapes[name] ?? whole)
  );
}

t.test('dotenv and Compose read back exactly what is written', (t) => {
  fc.assert(
    fc.property(anyValue, (value) => {
      let written;
      try {
        written = writeValue('A', value);
      } catch {
        return true; // refused, never written wrongly
      }
      const { A, B } = parse(`A=${written}\nB=1\n`);
      return A === value && B === '1' && composeReads(written) === value;
    }),
    { numRuns: 3000 }
  );
  t.end();
});
