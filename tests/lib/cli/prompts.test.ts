import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import {
  defineCommand,
  InterruptedError,
  Output,
  parseFlags,
  Prompter,
} from '../../../lib/cli/index.js';

// Node's readline asks the process itself, whatever shell the tests run in.
process.env['TERM'] = 'xterm';

const spec = defineCommand({
  command: 'npx zx scripts/x.ts',
  purpose: 'Tests.',
  flags: {
    dataPath: { type: 'string', env: 'DATA_PATH', help: 'where' },
    port: { type: 'integer', min: 1, max: 65535, default: 6789, help: 'port' },
    runtime: { type: 'choice', choices: ['docker', 'embedded'], help: 'what' },
    bridge: { type: 'boolean', help: 'bridge' },
    redis: { type: 'string', secret: true, help: 'redis' },
    hosts: { type: 'list', help: 'hosts' },
    confirm: { type: 'string', help: 'name' },
  },
});

type F = (typeof spec)['flags'];

interface Desk {
  readonly prompts: Prompter<F>;
  readonly abort: AbortController;
  /** Waits for a text on the screen, then types. */
  readonly type: (shown: string, keys: string) => Promise<void>;
  readonly screen: () => string;
}

/** Somebody at a terminal (or nobody, without `isTTY`). */
function desk(
  args: string[],
  options: {
    yes?: boolean;
    isTTY?: boolean;
    stderrIsTTY?: boolean;
    term?: string;
  } = {}
): Desk {
  const { yes = false, isTTY = true, stderrIsTTY = isTTY, term } = options;
  const input = Object.assign(new PassThrough(), {
    isTTY,
    setRawMode: () => input,
  });
  const stderr = Object.assign(new PassThrough(), {
    isTTY: stderrIsTTY,
    columns: 0,
  });
  let screen = '';
  stderr.setEncoding('utf8').on('data', (part: string) => (screen += part));
  const abort = new AbortController();
  const output = new Output({ stdout: new PassThrough(), stderr, env: {} });
  const prompts = new Prompter(spec, parseFlags(spec, args), {
    output,
    signal: abort.signal,
    yes,
    env: { TERM: term },
    input,
  });
  const type = async (shown: string, keys: string): Promise<void> => {
    while (!stripVTControlCharacters(screen).includes(shown)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    input.write(keys);
  };
  return { prompts, abort, type, screen: () => screen };
}

t.test('what was given is not asked', async (t) => {
  const { prompts, screen } = desk(['--data-path', '/d', '--no-bridge']);
  t.equal(await prompts.ask('dataPath', { message: 'Where?' }), '/d');
  t.equal(await prompts.ask('bridge', { message: 'Bridge?' }), false);
  t.equal(screen(), '');
});

t.test('what is typed is checked and has the type of the flag', async (t) => {
  const { prompts, type } = desk([]);
  const port = prompts.ask('port', { message: 'Which port?' });
  await type('6789', '\u007f\u007f\u007f\u007f70000\r');
  await type('Expected an integer from 1 to 65535.', '\u007f\r');
  t.equal(await port, 7000);
});

t.test('every kind of flag has its kind of question', async (t) => {
  const { prompts, type, screen } = desk([]);
  const runtime = prompts.ask('runtime', { message: 'Which runtime?' });
  await type('embedded', '\u001b[B\r');
  t.equal(await runtime, 'embedded');
  const bridge = prompts.ask('bridge', { message: 'Bridge?', initial: false });
  await type('Bridge?', '\r');
  t.equal(await bridge, false);
  const redis = prompts.ask('redis', { message: 'Redis?' });
  await type('Redis?', 'hunter2\r');
  t.equal(await redis, 'hunter2');
  t.notMatch(screen(), 'hunter2', 'a secret is not shown');
  const path = prompts.ask('dataPath', {
    message: 'Which of these?',
    options: [
      { value: '/a', label: 'first', hint: '12 ms' },
      { value: '/b', label: 'second' },
    ],
    initial: '/b',
  });
  await type('second', '\r');
  t.equal(await path, '/b');
});

t.test('without a terminal, or with --yes, nothing is asked', async (t) => {
  const pipe = desk([], { isTTY: false });
  t.notOk(pipe.prompts.canAsk);
  t.equal(await pipe.prompts.ask('port', { message: '?' }), 6789);
  await t.rejects(
    pipe.prompts.ask('dataPath', { message: '?', whenYes: '/d' }),
    { exitCode: 2, message: /give --data-path or set DATA_PATH/ }
  );
  t.notOk(desk([], { isTTY: false, stderrIsTTY: true }).prompts.canAsk);
  t.notOk(desk([], { isTTY: true, stderrIsTTY: false }).prompts.canAsk);
  t.notOk(desk([], { term: 'dumb' }).prompts.canAsk, 'no key would arrive');
  t.ok(desk([], { term: 'xterm' }).prompts.canAsk);
  const yes = desk([], { yes: true });
  t.notOk(yes.prompts.canAsk);
  const question = { message: '?', whenYes: '/d' };
  t.equal(await yes.prompts.ask('dataPath', question), '/d');
  t.equal(await yes.prompts.ask('port', { message: '?', whenYes: 1 }), 6789);
  await t.rejects(yes.prompts.ask('runtime', { message: '?' }), {
    message: /give --runtime/,
  });
  t.equal(pipe.screen() + yes.screen(), '');
});

t.test('Ctrl-C, Esc and an abort take the question back', async (t) => {
  for (const key of ['\u0003', '\u001b']) {
    const { prompts, type } = desk([]);
    const answer = prompts.ask('dataPath', { message: 'Where?' });
    const rejected = t.rejects(answer, new InterruptedError('SIGINT'));
    await type('Where?', key);
    await rejected;
  }
  const { prompts, type, abort } = desk([]);
  const answer = prompts.ask('bridge', { message: 'Bridge?' });
  const rejected = t.rejects(answer, new InterruptedError('SIGTERM'));
  await type('Bridge?', '');
  abort.abort(new InterruptedError('SIGTERM'));
  await rejected;
});

t.test('what cannot be taken back wants its name typed', async (t) => {
  const question = { message: 'All of /d goes.', name: 'data' };
  const { prompts, type } = desk([]);
  const confirmed = prompts.confirmByName('confirm', question);
  await type('Type data to go on', 'yes\r');
  await type('Expected "data".', '\u007f\u007f\u007fdata\r');
  await confirmed;

  const given = desk(['--confirm', 'data'], { yes: true });
  await given.prompts.confirmByName('confirm', question);
  const other = desk(['--confirm', 'dat'], { yes: true });
  await t.rejects(other.prompts.confirmByName('confirm', question), {
    exitCode: 2,
    message: '--confirm "dat": expected "data"',
  });
  const silent = desk([], { yes: true });
  await t.rejects(silent.prompts.confirmByName('confirm', question), {
    exitCode: 2,
    message: /give --confirm/,
  });
});
