import fc from 'fast-check';
import t from 'tap';
import {
  defineCommand,
  flagName,
  missingAnswer,
  parseFlags,
  readCommandLine,
  STANDARD_FLAGS,
  UsageError,
  type Flags,
  type FlagSurroundings,
} from '../../../lib/cli/index.js';

const spec = defineCommand({
  command: 'npx zx scripts/x.ts',
  purpose: 'Tests.',
  flags: {
    ...STANDARD_FLAGS,
    port: {
      type: 'integer',
      min: 1,
      max: 65535,
      default: 6789,
      env: 'CONSTELLATION_PORT',
      help: 'port',
    },
    offset: { type: 'number', help: 'may be negative' },
    maxLatencyMs: { type: 'integer', min: 1, help: 'limit' },
    runtime: {
      type: 'choice',
      choices: ['auto', 'docker', 'embedded'],
      default: 'auto',
      short: 'r',
      env: 'CONSTELLATION_RUNTIME',
      help: 'which',
    },
    bridge: { type: 'boolean', env: 'BRIDGE', help: 'with the bridge' },
    redis: {
      type: 'string',
      secret: true,
      env: 'REDIS_URL',
      check: (text) => (text.startsWith('redis:') ? undefined : 'a redis URL'),
      help: 'redis',
    },
    jetstream: { type: 'list', env: 'JETSTREAM_URL', help: 'urls' },
  },
});

type F = (typeof spec)['flags'];

function parse(args: string, rest: FlagSurroundings = {}): Flags<F> {
  return parseFlags(spec, args.split(' ').filter(Boolean), rest);
}

/** The problems' messages. */
function wrong(args: string, rest: FlagSurroundings = {}): string[] {
  try {
    parse(args, rest);
  } catch (error) {
    if (error instanceof UsageError) {
      return error.problems.map(({ message }) => message);
    }
    throw error;
  }
  return [];
}

t.test('every kind of flag is read with its type', async (t) => {
  const { values, sources } = parse(
    '--port 70 --offset=-1.5 --max-latency-ms=9 -r embedded --bridge -y ' +
      '--redis redis://h --jetstream a --jetstream=b,c'
  );
  t.strictSame(values, {
    yes: true,
    dryRun: false,
    json: false,
    port: 70,
    offset: -1.5,
    maxLatencyMs: 9,
    runtime: 'embedded',
    bridge: true,
    redis: 'redis://h',
    jetstream: ['a', 'b,c'],
  });
  t.equal(sources.port, 'flag');
  t.equal(sources.dryRun, 'default');
});

t.test('what is not given is undefined or the default', async (t) => {
  const { values, sources } = parse('');
  t.equal(values.maxLatencyMs, undefined);
  t.equal(values.bridge, undefined);
  t.strictSame(values.jetstream, []);
  t.equal(values.runtime, 'auto');
  t.equal(sources.runtime, 'default');
  t.equal(sources.bridge, 'unset');
});

t.test('flag wins over environment, that over file, that over default', (t) => {
  const env = { CONSTELLATION_PORT: '2' };
  const file = { CONSTELLATION_PORT: '3', CONSTELLATION_RUNTIME: 'docker' };
  const cases: Array<[string, FlagSurroundings, number, string]> = [
    ['--port 1', { env, file }, 1, 'flag'],
    ['', { env, file }, 2, 'environment'],
    ['', { file }, 3, 'file'],
    ['', { env: { CONSTELLATION_PORT: '' }, file }, 3, 'file'],
    ['', {}, 6789, 'default'],
  ];
  for (const [args, rest, port, source] of cases) {
    const flags = parse(args, rest);
    t.equal(flags.values.port, port, source);
    t.equal(flags.sources.port, source);
  }
  t.equal(parse('', { env, file }).values.runtime, 'docker');
  t.end();
});

t.test('booleans are answered by --no- and by words in variables', (t) => {
  t.equal(parse('--no-bridge').values.bridge, false);
  t.equal(parse('--bridge=false').values.bridge, false);
  t.equal(parse('', { env: { BRIDGE: 'Yes' } }).values.bridge, true);
  t.equal(parse('', { env: { BRIDGE: '0' } }).values.bridge, false);
  t.strictSame(wrong('', { env: { BRIDGE: 'maybe' } }), [
    'BRIDGE="maybe" in the environment: expected true or false',
  ]);
  t.end();
});

t.test('a list in a variable is separated by commas', async (t) => {
  const env = { JETSTREAM_URL: ' a , b,,' };
  t.strictSame(parse('', { env }).values.jetstream, ['a', 'b']);
});

t.test('what is wrong is said with what was expected', async (t) => {
  const cases: Array<[string, string[]]> = [
    ['--prot 1', ['unknown flag --prot; did you mean --port?', EXTRA('1')]],
    ['--runtim=x', ['unknown flag --runtim; did you mean --runtime?']],
    ['--no-port', ['unknown flag --no-port']],
    ['-z', ['unknown flag -z']],
    ['--__proto__', ['unknown flag --__proto__']],
    ['--port', ['--port needs a value: an integer from 1 to 65535']],
    ['--port --yes', ['--port needs a value: an integer from 1 to 65535']],
    ['--port=', ['--port "": expected an integer from 1 to 65535']],
    ['--port 1e3', ['--port "1e3": expected an integer from 1 to 65535']],
    ['--port 65536', ['--port "65536": expected an integer from 1 to 65535']],
    ['--port=-1', ['--port "-1": expected an integer from 1 to 65535']],
    ['--max-latency-ms 0', ['--max-latency-ms "0": ' + AT_LEAST_1]],
    ['--runtime podman', ['--runtime "podman": expected one of ' + CHOICES]],
    ['--yes=perhaps', ['--yes "perhaps": expected true or false']],
    ['--port 1 --port 2', ['--port is given twice with different values']],
    ['--port 1 --port 1', []],
    ['go', [EXTRA('go')]],
    ['-- --port', [EXTRA('--port')]],
  ];
  for (const [args, messages] of cases) {
    t.strictSame(wrong(args), messages, args);
  }
});

const EXTRA = (text: string): string => `unexpected argument "${text}"`;
const AT_LEAST_1 = 'expected an integer of at least 1';
const CHOICES = 'auto, docker, embedded';

t.test('a flag whose value was forgotten does not eat the next', async (t) => {
  const line = readCommandLine(spec, ['--redis', '--json', '--port', '-y']);
  t.strictSame(
    line.problems.map(({ code, flag }) => [code, flag]),
    [
      ['missing-value', '--redis'],
      ['missing-value', '--port'],
    ]
  );
  t.equal(line.given.get('json'), true);
});

t.test('all problems of all places come together', async (t) => {
  const messages = wrong('--port x --nope', {
    env: { CONSTELLATION_RUNTIME: 'vm' },
    file: { BRIDGE: '7' },
    fileName: '.env.constellation-local',
  });
  t.equal(messages.length, 4);
  t.match(messages[3], 'BRIDGE="7" in .env.constellation-local: expected');
});

t.test('a secret value is in no error', async (t) => {
  const env = { REDIS_URL: 'http://:hunter2@h' };
  const text = [
    ...wrong('--redis hunter2'),
    ...wrong('', { env }),
    ...wrong('--runtime http://u:hunter2@h'),
  ].join();
  t.match(text, 'expected a redis URL');
  t.notMatch(text, 'hunter2');
});

t.test('foreign text in an error is short and on one line', async (t) => {
  const [message = ''] = wrong(`--runtime=${'x'.repeat(5000)}`);
  t.ok(message.length < 200, message);
  try {
    parseFlags(spec, ['--runtime=a\n\u001b[31mb', '--\u001b[31m']);
    t.fail('no error');
  } catch (error) {
    t.notMatch(String(error), '\u001b');
  }
});

t.test('a missing answer names the flag and the variable', async (t) => {
  t.match(missingAnswer(spec, 'redis'), {
    exitCode: 2,
    message: 'an answer is missing: give --redis or set REDIS_URL',
  });
  t.match(
    missingAnswer(spec, 'maxLatencyMs').message,
    /give --max-latency-ms$/
  );
});

t.test('plain arguments are taken where the command has them', async (t) => {
  const positionals = { placeholder: 'ACT', help: 'what', min: 1, max: 1 };
  const acting = defineCommand({ ...spec, positionals });
  t.strictSame(parseFlags(acting, ['list', '-y']).positionals, ['list']);
  t.throws(() => parseFlags(acting, []), {
    message: /argument ACT is missing/,
  });
  t.throws(() => parseFlags(acting, ['a', 'b']), { message: /argument "b"/ });
});

t.test('any arguments give values or a usage error, never another', (t) => {
  const words = fc.constantFrom(
    ...Object.keys(spec.flags).map(flagName),
    ...['-y', '-r', '--', '-', '=', '--=x', '--port=1', '--no-', '-yr', '']
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string())), (args) => {
      try {
        const { values } = parseFlags(spec, args);
        return values.port >= 1 && values.port <= 65535;
      } catch (error) {
        return error instanceof UsageError && error.problems.length > 0;
      }
    })
  );
  t.end();
});
