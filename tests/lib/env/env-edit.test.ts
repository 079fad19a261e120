import { parse } from 'dotenv';
import fc from 'fast-check';
import t from 'tap';
import {
  editEnv,
  EnvError,
  readEnvText,
  type EnvEdit,
} from '../../../lib/env/index.js';
import { anyValue, envText, KEYS, plainValue } from './env-text-samples.js';

t.test('a key is changed and nothing else', async (t) => {
  const cases: Array<
    [before: string, wishes: Record<string, string | null>, after: string]
  > = [
    ['A=1\nB=2\n', { A: '3' }, 'A=3\nB=2\n'],
    ['A=1\r\nB=2\r\n', { B: '3', C: '4' }, 'A=1\r\nB=3\r\nC=4\r\n'],
    ['A=1', { B: '2', C: '3' }, 'A=1\nB=2\nC=3'],
    ['', { A: '1' }, 'A=1\n'],
    ['\uFEFFA=1\n', { A: '2' }, '\uFEFFA=2\n'],
    ['  export A = 1  # why\n', { A: '2' }, '  export A = 2  # why\n'],
    ['A="1" # why\n', { A: '2' }, 'A="2" # why\n'],
    ["A='1'\n", { A: '2' }, "A='2'\n"],
    ['A=`1`\n', { A: '2' }, 'A=2\n'],
    ['A="1"\n', { A: 'say "hi"' }, 'A=\'say "hi"\'\n'],
    ['A=1\n', { A: 'two words' }, "A='two words'\n"],
    ['A=1\n', { A: 'a#b' }, "A='a#b'\n"],
    ['A=1\n', { A: "it's" }, 'A="it\'s"\n'],
    ['A=1\n', { A: 'x\ny' }, 'A="x\\ny"\n'],
    ['A=1\n', { A: '' }, 'A=\n'],
    ['A=1 # why\n', { A: '' }, 'A="" # why\n'],
    ['A=   # why\n', { A: '1' }, 'A=1   # why\n'],
    ['A=1#why\n', { A: '2' }, 'A=2 #why\n'],
    // dotenv reads 1, Compose reads `1#why`: equal only after an edit.
    ['A=1#why\n', { A: '1' }, 'A=1 #why\n'],
    ['A=1\nA=2\n', { A: '3' }, 'A=1\nA=3\n'],
    ['A=1\nB=2\nA=3\n', { A: null }, 'B=2\n'],
    ['A=1\nB="x\ny"\nC=3', { B: null, C: null }, 'A=1'],
    ['# A=0\nA=1\n', { A: null }, '# A=0\n'],
    ['B="x\n A=0\n"\nA=1\n', { A: '2' }, 'B="x\n A=0\n"\nA=2\n'],
    ['A: 1\n', { A: '2' }, 'A: 2\n'],
    ['A=1\n', { A: '1', Z: null }, 'A=1\n'],
  ];
  for (const [before, wishes, after] of cases) {
    t.equal(editEnv(before, wishes).text, after, JSON.stringify(before));
  }
});

t.test('the changes say what was where', async (t) => {
  const before = '# x\nA="1"\nB=2\nC=3\n';
  const { changes } = editEnv(before, { A: '4', B: null, C: '3', D: '5' });
  t.strictSame(changes, [
    {
      kind: 'changed',
      key: 'A',
      before: '1',
      after: '4',
      beforeRaw: '"1"',
      line: 2,
    },
    {
      kind: 'removed',
      key: 'B',
      before: '2',
      after: null,
      beforeRaw: '2',
      line: 3,
    },
    { kind: 'added', key: 'D', before: null, after: '5', line: 4 },
  ]);
});

t.test('a broken file is refused, not rewritten', async (t) => {
  for (const text of ['A=1\nwhat\n', 'A="open\n', 'A=1\0']) {
    t.throws(() => editEnv(text, { A: '2' }), /line \d/);
  }
});

t.test('an edit that would change how another key reads is refused', (t) => {
  // dotenv would take everything up to `B='` for the value of A.
  const text = "A='x\\'\nB=1\n";
  t.throws(() => editEnv(text, { B: '#y' }), { code: 'unsafe-edit' });
  t.equal(editEnv(text, { B: 'y' }).text, "A='x\\'\nB=y\n");
  t.end();
});

t.test('a name that is none is refused', async (t) => {
  for (const key of ['', 'A B', 'A=B', '1A', 'A\nB', '__proto__']) {
    const wishes = Object.fromEntries([[key, '1']]);
    t.throws(() => editEnv('', wishes), { code: 'bad-key' }, key);
  }
});

t.test('a value that cannot be written is refused and not shown', async (t) => {
  for (const value of ['$x\'"hunter2', 'hunter2\0', 'hunter2\ud800']) {
    t.throws(() => editEnv('', { A: value }), {
      code: 'unwritable-value',
      message: /^(?!.*hunter2).*A: no quoting/s,
    });
  }
});

/** The edit, or undefined where the value has no way to be written. */
function tryEdit(
  text: string,
  key: string,
  value: string | null
): EnvEdit | undefined {
  try {
    return editEnv(text, { [key]: value });
  } catch (error) {
    if (error instanceof EnvError && error.code === 'unwritable-value') {
      return undefined;
    }
    throw error;
  }
}

const key = fc.constantFrom('A', 'CONSTELLATION_URL', 'NEW_KEY', 'B_1');

t.test('other keys read back as before, the edited one exactly', (t) => {
  fc.assert(
    fc.property(envText, key, anyValue, (text, key, value) => {
      const edit = tryEdit(text, key, value);
      if (edit === undefined) return;
      t.strictSame(parse(edit.text), { ...parse(text), [key]: value });
    }),
    { numRuns: 500 }
  );
  t.end();
});

t.test('ordinary values can always be written', (t) => {
  fc.assert(
    fc.property(envText, key, plainValue, (text, key, value) => {
      return tryEdit(text, key, value) !== undefined;
    })
  );
  t.end();
});

t.test('to edit twice is to edit once', (t) => {
  fc.assert(
    fc.property(envText, key, anyValue, (text, key, value) => {
      const once = tryEdit(text, key, value);
      if (once === undefined) return true;
      const twice = editEnv(once.text, { [key]: value });
      return twice.text === once.text && twice.changes.length === 0;
    })
  );
  t.end();
});

t.test('to remove what was added gives the same bytes again', (t) => {
  const wishes = fc.dictionary(
    fc.constantFrom('NEW_1', 'NEW_2', 'NEW_3'),
    plainValue
  );
  fc.assert(
    fc.property(envText, wishes, (text, wishes) => {
      const gone = Object.keys(wishes).map((key) => [key, null] as const);
      const added = editEnv(text, wishes).text;
      return editEnv(added, Object.fromEntries(gone)).text === text;
    })
  );
  t.end();
});

t.test('to remove takes the key and leaves every other line', (t) => {
  fc.assert(
    fc.property(envText, fc.constantFrom(...KEYS), (text, key) => {
      if (key.includes('.')) return;
      const after = editEnv(text, { [key]: null }).text;
      const { [key]: _gone, ...rest } = parse(text);
      t.strictSame(parse(after), rest);
      const plain = readEnvText(text).lines.flatMap((line) =>
        line.kind === 'plain' ? [line.raw.trim()] : []
      );
      t.ok(plain.every((line) => after.includes(line)));
    }),
    { numRuns: 300 }
  );
  t.end();
});
