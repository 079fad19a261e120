import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runEntrypoint } from '../../fixtures/constellation/entrypoint.js';

const NAME = 'generation-20261124T170000Z-0a1b2c';

t.test('the index that the file in the volume names is served', async (t) => {
  const dir = t.testdir({ data: { [NAME]: {}, '.generation': `${NAME}\n` } });
  const { flags, stderr } = runEntrypoint({ dir });
  t.match(flags?.join(' '), `--data ${join(dir, 'data', NAME)} `, stderr);
});

t.test('the environment names another, for a look at it', async (t) => {
  const other = 'generation-20261124T180000Z-0a1b2c';
  const dir = t.testdir({
    data: { [NAME]: {}, [other]: {}, '.generation': `${NAME}\n` },
  });
  const env = { CONSTELLATION_GENERATION: other };
  const { flags } = runEntrypoint({ dir, env });
  t.match(flags?.join(' '), `--data ${join(dir, 'data', other)} `);
});

t.test('a folder that is missing, or is none, is never replaced', async (t) => {
  const dir = t.testdir();
  mkdirSync(join(dir, 'data'));
  for (const [text, said] of [
    [NAME, 'which is missing'],
    ['../elsewhere', 'which is no folder of an index'],
    ['', 'which is no folder of an index'],
  ] as const) {
    writeFileSync(join(dir, 'data', '.generation'), text);
    const { code, flags, stderr } = runEntrypoint({ dir });
    t.equal(code, 1);
    t.match(stderr, said);
    t.equal(flags, null, 'no server was started on an empty folder');
  }
});
