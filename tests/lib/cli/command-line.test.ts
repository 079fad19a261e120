import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import {
  defineCommand,
  EXIT,
  helpText,
  scriptArguments,
  STANDARD_FLAGS,
} from '../../../lib/cli/index.js';
import { editDistance, nearest } from '../../../lib/cli/nearest.js';

const spec = defineCommand({
  command: 'npx zx scripts/x.ts',
  purpose: 'Does one thing.',
  positionals: {
    placeholder: 'NAME',
    help: 'what it does it to',
    min: 1,
    max: 1,
  },
  flags: {
    ...STANDARD_FLAGS,
    wait: {
      type: 'integer',
      unit: 'ms',
      min: 1,
      max: 60000,
      default: 500,
      env: 'X_WAIT_MS',
      help: 'how long to wait',
    },
    bridge: { type: 'boolean', default: true, help: 'start the bridge' },
    kind: { type: 'choice', choices: ['a', 'b'], help: 'which kind' },
    redis: { type: 'string', secret: true, default: 's3cret', help: 'redis' },
    host: { type: 'list', placeholder: 'URL', help: 'hosts' },
  },
  exitCodes: [[EXIT.nothingFound, 'nothing to do it to']],
  examples: [{ command: 'npx zx scripts/x.ts a', does: 'do it to a' }],
});

t.test('the help has all there is to know, in 80 columns', async (t) => {
  const text = helpText(spec);
  t.equal(
    text,
    `Does one thing.

Usage:
  npx zx scripts/x.ts NAME [flags]

Arguments:
  NAME  what it does it to

Flags:
  -y, --yes          ask nothing; take the defaults for what is not given
      --dry-run      show what would be done, do nothing
      --json         print one JSON document on stdout instead of text
      --wait MS      how long to wait [1–60000 ms; default 500; env X_WAIT_MS]
      --[no-]bridge  start the bridge [default true]
      --kind a|b     which kind
      --redis TEXT   redis
      --host URL     hosts [may be repeated]
  -h, --help         show this text

Exit codes:
  0    good
  1    failed
  2    wrong use (unknown flag, bad value, missing answer)
  10   nothing to do it to
  11   locked by another run
  130  interrupted

Examples:
  # do it to a
  npx zx scripts/x.ts a

A flag wins over its environment variable, that over the env file, that over the
default.
`
  );
  t.ok(text.split('\n').every((line) => line.length <= 80));
});

t.test('a narrow terminal gets narrow lines', async (t) => {
  const lines = helpText(spec, 60).split('\n');
  t.ok(lines.every((line) => line.length <= 60));
});

t.test('a typo finds the word that was meant', async (t) => {
  const words = ['port', 'runtime', 'data', 'yes', 'max-latency-ms'];
  for (const [typo, meant] of [
    ['prot', 'port'],
    ['runtmie', 'runtime'],
    ['max-latency', 'max-latency-ms'],
    ['run', 'runtime'],
    ['yse', 'yes'],
    ['dta', 'data'],
    ['quux', undefined],
    ['x', undefined],
    ['', undefined],
    ['p'.repeat(500), undefined],
  ] as const) {
    t.equal(nearest(typo, words), meant, typo);
  }
});

t.test('the distance is one of a metric and counts a swap once', (t) => {
  t.equal(editDistance('prot', 'port'), 1);
  t.equal(editDistance('', 'abc'), 3);
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      return (
        distance === editDistance(b, a) &&
        (distance === 0) === (a === b) &&
        distance <= Math.max(a.length, b.length) &&
        distance >= Math.abs(a.length - b.length)
      );
    })
  );
  t.end();
});

t.test("the script's arguments are those after its path", async (t) => {
  const folder = t.testdir({
    'größe here': { 'setup.ts': '' },
    'other.ts': '',
  });
  const script = path.join(folder, 'größe here', 'setup.ts');
  symlinkSync(script, path.join(folder, 'linked.ts'));
  const url = pathToFileURL(script).href;
  const relative = path.join('größe here', 'setup.ts');
  const cases: Array<[string[], string[]]> = [
    [['node', script, '--yes'], ['--yes']],
    [
      ['node', 'zx', script, '--yes', 'x'],
      ['--yes', 'x'],
    ],
    [
      ['node', 'zx', '--quiet', relative, '--port', '1'],
      ['--port', '1'],
    ],
    [['node', 'zx', url, '--yes'], ['--yes']],
    [['node', 'zx', 'linked.ts', '--yes'], ['--yes']],
    [['node', 'zx', relative, relative], [relative]],
    [['node', 'zx', relative], []],
    [['node', 'file:%', relative, '-y'], ['-y']],
    // The script is imported by something that does not name it.
    [['node', 'other.ts', '--yes'], ['--yes']],
  ];
  for (const [argv, args] of cases) {
    t.strictSame(scriptArguments(url, argv, folder), args, argv.join(' '));
  }
});
