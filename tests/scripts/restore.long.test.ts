/** What backups are for: an index put back, on this machine and another. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { readStoreFacts } from '../../lib/backup/embedded/store-facts.js';
import { parseManifest } from '../../lib/backup/manifest/parse-manifest.js';
import { acquireLock } from '../../lib/runtime/index.js';
import { startSimulator } from '../../microcosm-bridge/jetstream-simulator/index.js';
import {
  ROOT,
  SCRIPT,
  startIngesting,
} from '../fixtures/backup/ingesting-index.js';
import { startProgram, type Ended } from '../fixtures/cli/run.js';
import { healthUntil } from '../fixtures/embedded-process.js';

const index = await startIngesting(t);
const { root, folder, runtime, config, urls } = index;
const { backup, document, names } = index;
const { api } = urls;
const made = await backup('create');
if (made.code !== 0) throw new Error(made.stderr);

t.test(
  'restore puts the index back, keeps the old data, and goes on',
  async (t) => {
    const plan = await document('restore', ['--dry-run']);
    t.match(plan.value, { stops: true, startsAfter: true, warning: null });
    const before = await healthUntil(api, () => true);
    const restored = await backup('restore');
    t.equal(restored.code, 0, restored.stderr);
    t.match(restored.stdout, 'has read on from there, nothing is missing');
    t.match(
      restored.stdout,
      /places counted in what serves now: \d+ of 20 as in the backup/
    );
    const now = (await runtime.status()).urls?.api ?? '';
    const after = await healthUntil(
      now,
      ({ cursor }) => (cursor ?? 0) > (before.cursor ?? 0)
    );
    t.equal(after.complete_since, before.complete_since, 'nothing is missing');
    // It has to live on as well: written to, read from.
    const later = after.events_total + 1000;
    await healthUntil(now, ({ events_total: total }) => total > later);

    const status = await document('status');
    t.match(status.value, { kept: [{ sizeBytes: Number }] });
    t.equal((await backup('restore', ['--discard-old'])).code, 2);
    const confirm = ['--discard-old', '--confirm', 'data'];
    // A restore that is under way may go back to it.
    const lock = await acquireLock(folder.lock, { purpose: 'a restore' });
    t.equal((await backup('restore', confirm)).code, 11);
    await lock.release();
    t.equal((await backup('restore', confirm)).code, 0);
    t.equal((await backup('restore', confirm)).code, 10);
  }
);

t.test(
  'restored elsewhere it holds the same; a foreign folder is refused',
  async (t) => {
    const [name = ''] = names();
    const elsewhere = path.join(root, 'another machine', 'index');
    const there = path.join(root, 'another machine', 'state');
    mkdirSync(path.dirname(elsewhere), { recursive: true });
    const args = ['--import', 'tsx', SCRIPT, 'restore'];
    const from = path.join(folder.backups, name);
    const run = async (data: string): Promise<Ended> =>
      await startProgram(process.execPath, [
        ...args,
        from,
        '--state',
        there,
        '--data',
        data,
      ]).ended;
    const { code, stderr, stdout } = await run(elsewhere);
    t.equal(code, 0, stderr);
    t.match(
      stdout,
      /the index does not run: npx zx scripts\/setup\.ts --state '.+state' starts it/
    );
    const manifest = parseManifest(
      readFileSync(path.join(from, 'manifest.json'), 'utf8')
    );
    const { sentinels, index } = await readStoreFacts(elsewhere);
    t.strictSame(sentinels, manifest.sentinels);
    t.strictSame(index, manifest.index);

    const foreign = path.join(root, 'foreign');
    mkdirSync(foreign);
    writeFileSync(path.join(foreign, 'letters'), 'mine');
    const refused = await run(foreign);
    t.equal(refused.code, 1);
    t.match(refused.stderr, 'was not made by the embedded index');
    t.strictSame(readdirSync(foreign), ['letters']);
  }
);

t.test('a gap that the stream leaves is said and recorded', async (t) => {
  // What is in the backup ends here; the stream forgets what comes next.
  t.equal((await backup('create', ['--verify', 'quick'])).code, 0);
  await runtime.stop();
  const late = await startSimulator({
    live: { eventsPerSecond: 50, seed: 3 },
    now: () => Date.now() + 600_000,
    withoutCursor: 'oldest',
  });
  t.teardown(() => late.close());
  await runtime.start({ ...config, jetstream: [late.url] });
  const restored = await document('restore');
  t.equal(restored.code, 0, JSON.stringify(restored.value));
  t.match(restored.value, {
    started: true,
    resumed: true,
    gap: { from: String, to: String },
    counts: { places: 20, gone: 0 },
  });
  t.match((await document('status')).value, {
    restore: { phase: 'done', gap: { from: String, to: String } },
  });
  await runtime.stop();
  rmSync(folder.restore);
});

t.test('teardown makes a backup first, if it is told to', async (t) => {
  const before = names().length;
  const teardown = path.join(ROOT, 'scripts/teardown.ts');
  const words = ['--import', 'tsx', teardown, '--state', folder.path];
  const confirmed = [
    '--data',
    '--yes',
    '--confirm',
    path.basename(folder.path),
  ];
  const full = ['--backups', path.join(folder.data, 'index.mdb')];
  const failed = await startProgram(process.execPath, [
    ...words,
    ...confirmed,
    ...full,
    '--backup',
  ]).ended;
  t.equal(failed.code, 1, 'no backup, no removal');
  t.ok(existsSync(path.join(folder.data, 'index.mdb')));
  const done = await startProgram(process.execPath, [
    ...words,
    ...confirmed,
    '--backup',
  ]).ended;
  t.equal(done.code, 0, done.stderr);
  t.match(done.stderr, 'every count is what it was');
  t.notOk(existsSync(path.join(folder.data, 'index.mdb')));
  t.equal(names().length, before + 1);
});
