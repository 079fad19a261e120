import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { restoreEnvKeys, writeEnvFile } from '../../../lib/env/index.js';

const ORIGINAL =
  'PORT=3000\n' +
  'CONSTELLATION_URL=`https://c.example`   # remote\n' +
  'CONSTELLATION_ENABLED="a\\"b"\n';
const OURS = {
  CONSTELLATION_URL: 'http://127.0.0.1:6789',
  CONSTELLATION_ENABLED: 'true',
  CONSTELLATION_LOCAL: 'true',
};

t.test('every key goes back as it was written', async (t) => {
  const file = path.join(t.testdir({ '.env': ORIGINAL }), '.env');
  const { changes } = await writeEnvFile(file, OURS);
  // What is kept between setup and teardown has been through a file.
  const kept = JSON.parse(JSON.stringify(changes)) as typeof changes;
  const restored = await restoreEnvKeys(file, kept);
  t.equal(readFileSync(file, 'utf8'), ORIGINAL);
  t.match(restored, { left: [], removed: false });
  t.equal(restored.changes.length, 3);
  t.ok(existsSync(String(restored.backupPath)));

  const again = await restoreEnvKeys(file, kept);
  t.strictSame(again.changes, []);
  t.strictSame(
    again.left.map(({ key, reason }) => `${key} ${reason}`),
    Object.keys(OURS).map((key) => `${key} restored-already`)
  );
});

t.test('what somebody changed since is theirs', async (t) => {
  const file = path.join(t.testdir({ '.env': ORIGINAL }), '.env');
  const { changes } = await writeEnvFile(file, OURS);
  await writeEnvFile(file, { CONSTELLATION_URL: 'http://mine:1', NEW: '1' });
  const restored = await restoreEnvKeys(file, changes);
  t.strictSame(restored.left, [
    { key: 'CONSTELLATION_URL', reason: 'changed-since' },
  ]);
  t.equal(
    readFileSync(file, 'utf8'),
    ORIGINAL.replace('`https://c.example`', 'http://mine:1') + 'NEW=1\n'
  );
});

t.test('a dry run of restoring leaves the file', async (t) => {
  const file = path.join(t.testdir({ '.env': ORIGINAL }), '.env');
  const { changes } = await writeEnvFile(file, OURS);
  const text = readFileSync(file, 'utf8');
  const options = { dryRun: true, removeIfEmpty: true };
  const plan = await restoreEnvKeys(file, changes, options);
  t.match(plan.diff, /-CONSTELLATION_LOCAL=true/);
  t.equal(readFileSync(file, 'utf8'), text);
});

t.test('a file we made goes when nothing else is in it', async (t) => {
  const file = path.join(t.testdir({}), '.env');
  const { changes } = await writeEnvFile(file, OURS);
  const options = { removeIfEmpty: true, backup: false };
  t.match(await restoreEnvKeys(file, changes, options), { removed: true });
  t.notOk(existsSync(file));
  t.match(await restoreEnvKeys(file, changes, options), {
    removed: false,
    changes: [],
    left: [{ reason: 'changed-since' }, {}, {}],
  });

  const shared = await writeEnvFile(file, OURS);
  writeFileSync(file, `# mine\n${readFileSync(file, 'utf8')}`);
  t.match(await restoreEnvKeys(file, shared.changes, options), {
    removed: false,
  });
  t.equal(readFileSync(file, 'utf8'), '# mine\n');
});
