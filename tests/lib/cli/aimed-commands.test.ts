import { PassThrough } from 'node:stream';
import t from 'tap';
import { aimCommands } from '../../../lib/cli/aimed-commands.js';
import { Output } from '../../../lib/cli/index.js';

t.test('commands that are shown go to the same places', async (t) => {
  const aim = { state: '/srv/the state', backups: '/mnt/b' };
  for (const [text, aimed] of [
    [
      'mend that: npx zx scripts/setup.ts',
      "mend that: npx zx scripts/setup.ts --state '/srv/the state'",
    ],
    [
      'npx zx scripts/backup.ts restore --discard-old',
      "npx zx scripts/backup.ts restore --state '/srv/the state' --backups /mnt/b --discard-old",
    ],
    [
      'npx zx scripts/teardown.ts && npx zx scripts/setup.ts --yes',
      "npx zx scripts/teardown.ts --state '/srv/the state' && npx zx scripts/setup.ts --state '/srv/the state' --yes",
    ],
    ['npx zx scripts/test.ts --state /a', 'npx zx scripts/test.ts --state /a'],
    ['see scripts/test.ts', 'see scripts/test.ts'],
  ] as const) {
    t.equal(aimCommands(text, aim), aimed);
    t.equal(aimCommands(aimed, aim), aimed, 'nothing is said twice');
    t.equal(aimCommands(text, {}), text, 'nothing was typed');
  }
});

t.test('all that a command writes is aimed', async (t) => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const write = (json: boolean): Output => {
    const output = new Output({ stdout, stderr, env: {}, json });
    output.aimAt({ state: 's' });
    return output;
  };
  const COMMAND = 'npx zx scripts/test.ts';
  const text = write(false);
  text.result(COMMAND);
  text.note(COMMAND);
  text.warn(COMMAND);
  text.error(COMMAND);
  write(true).document({ next: [COMMAND] });
  const seen = `${String(stdout.read())}${String(stderr.read())}`;
  t.equal(seen.split(`${COMMAND} --state s`).length, 6);
});
