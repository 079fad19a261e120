/** scripts/backup.ts as it is used, on an index under full ingestion. */

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { request } from 'undici';
import { readStoreFacts } from '../../lib/backup/embedded/store-facts.js';
import { parseManifest } from '../../lib/backup/manifest/parse-manifest.js';
import { writeBackupState } from '../../lib/backup/run-record.js';
import { EmbeddedRuntime } from '../../lib/runtime/embedded/embedded-runtime.js';
import { acquireLock, stateFolder } from '../../lib/runtime/index.js';
import { startSimulator } from '../../microcosm-bridge/jetstream-simulator/index.js';
import { startProgram, type Ended } from '../fixtures/cli/run.js';
import { healthUntil } from '../fixtures/embedded-process.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCRIPT = path.join(ROOT, 'scripts/backup.ts');
const root = t.testdir({ 'stäte 1': {} });
const folder = stateFolder(path.join(root, 'stäte 1'));
const simulator = await startSimulator({
  sample: true,
  withoutCursor: 'oldest',
  live: { eventsPerSecond: 400 },
});
const runtime = new EmbeddedRuntime({ folder });
t.teardown(async () => {
  await runtime.stop({ force: true, deadlineMs: 5000 });
  await simulator.close();
});
const CONFIG = {
  bind: '127.0.0.1',
  port: 0,
  metricsPort: 0,
  jetstream: [simulator.url],
  dataPath: null,
  logLevel: 'info',
  workers: 1,
  sample: false,
} as const;
const urls = (await runtime.start(CONFIG)).urls;
const api = urls?.api ?? '';
await healthUntil(api, ({ events_total: total }) => total > 2500);

/** Runs a command on the state folder of this test. */
async function backup(
  command: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {}
): Promise<Ended> {
  const place = ['--state', folder.path];
  const words = ['--import', 'tsx', SCRIPT, command, ...args, ...place];
  return await startProgram(process.execPath, words, env).ended;
}

/** The same with `--json`. */
async function document(
  command: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {}
): Promise<{ code: number | null; value: Record<string, unknown> }> {
  const { code, stdout } = await backup(command, [...args, '--json'], env);
  return { code, value: JSON.parse(stdout) as Record<string, unknown> };
}

function names(): readonly string[] {
  return readdirSync(folder.backups).filter((name) => name !== '.lock');
}

t.test('without a backup: exit 10; wrong use: exit 2', async (t) => {
  const [none, list, status, latest, unknown, prune] = await Promise.all([
    backup('restore'),
    backup('list'),
    backup('status'),
    backup('verify'),
    startProgram(process.execPath, ['--import', 'tsx', SCRIPT, 'creat']).ended,
    backup('prune'),
  ]);
  t.strictSame(
    [none, list, status, latest].map(({ code }) => code),
    [10, 10, 10, 10]
  );
  t.match(list.stderr, 'Next: npx zx scripts/backup.ts create');
  t.equal(unknown.code, 2);
  t.match(unknown.stderr, 'unknown command "creat"; did you mean create?');
  t.equal(prune.code, 2);
  t.match(prune.stderr, 'no rule keeps anything');
});

t.test(
  'create under full ingestion is verified, and leaves secrets out',
  async (t) => {
    writeFileSync(
      path.join(folder.path, '.env.constellation-local'),
      'CONSTELLATION_PORT=6789\nREDIS_URL=redis://:hunter2@127.0.0.1:6379\n'
    );
    const [first, second] = await Promise.all([
      document('create'),
      // As soon as the first one holds the lock.
      untilLocked().then(() => backup('create')),
    ]);
    t.equal(first.code, 0);
    t.match(first.value, { ok: true, verified: true, unverifiedBecause: null });
    t.equal(second.code, 11, 'two at once');
    t.match(second.stderr, 'a backup');
    const [name = ''] = names();
    const made = path.join(folder.backups, name);
    t.strictSame(names(), [name]);
    const settings = readFileSync(
      path.join(made, 'env.constellation-local'),
      'utf8'
    );
    t.equal(settings, 'CONSTELLATION_PORT=6789\nREDIS_URL=\n');
    t.notMatch(
      readFileSync(path.join(made, 'manifest.json'), 'utf8'),
      'hunter2'
    );
    t.match(await healthUntil(api, () => true), { verdict: 'current' });

    t.equal((await backup('create', ['--verify', 'none'])).code, 3);
    t.equal((await backup('create', ['--dry-run'])).code, 0);
    t.equal(names().length, 2);
  }
);

async function untilLocked(): Promise<void> {
  while (!existsSync(path.join(folder.backups, '.lock'))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

t.test(
  'status tells of the last run; a schedule says what is expected',
  async (t) => {
    const unverified = await document('status');
    t.equal(unverified.code, 1);
    t.match(unverified.value, {
      ok: false,
      lastRun: { outcome: 'unverified' },
      problems: [/was not verified/],
    });
    const units = path.join(root, 'units');
    const shown = await backup('schedule', ['--folder', units]);
    t.equal(shown.code, 0);
    t.match(shown.stdout, 'OnCalendar=*-*-* 03:17:00');
    t.notOk(existsSync(units), 'nothing is written unasked');
    const sidecar = await backup('schedule', ['--as', 'compose', '--write']);
    t.equal(sidecar.code, 1);
    t.match(sidecar.stderr, /a process of this machine.*\n.*--as systemd/s);
    const keep = ['--every', 'hourly', '--keep-last', '3', '--write'];
    t.equal((await backup('schedule', [...keep, '--folder', units])).code, 0);
    t.strictSame(readdirSync(units), [
      'constellation-backup.service',
      'constellation-backup.timer',
    ]);
    const cron = await backup('schedule', ['--as', 'cron', '--keep-last', '1']);
    const [, line = ''] = /^17 3 \* \* \* (.*)$/m.exec(cron.stdout) ?? [];
    // What cron would do, it does.
    const ran = spawnSync('sh', ['-c', line.replaceAll('\\%', '%')], {
      encoding: 'utf8',
    });
    t.equal(ran.status, 0, ran.stderr);
    t.match((await document('status')).value, {
      ok: true,
      everyHours: 1,
      lastRun: { outcome: 'good' },
      maxAgeMs: 5_400_000,
    });
    const scraped = await request(urls?.metrics ?? '');
    const metrics = await scraped.body.text();
    t.match(metrics, /^backup_last_run_failed 0$/m);
    t.match(metrics, /^backup_newest_good_timestamp_seconds 1\.?\d+(e\+9)?/m);
    t.match(metrics, /^backup_interval_seconds 3600$/m);
    t.equal(names().length, 1, 'and pruned');
    const [list, quick] = await Promise.all([
      backup('list'),
      backup('verify', ['--quick']),
    ]);
    t.strictSame([list.code, quick.code], [0, 0]);
    t.match(list.stdout, /^constellation-\S+ {2}.* old, .*, verified\n$/);
  }
);

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
      'the index does not run: npx zx scripts/setup.ts starts it'
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
  await runtime.start({ ...CONFIG, jetstream: [late.url] });
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

t.test('a hook that fails is a failure, and status says so', async (t) => {
  const hook = path.join(ROOT, 'microcosm-bridge/backup-hooks/restic');
  const env = { RESTIC_REPOSITORY: '' };
  const failed = await document(
    'create',
    ['--verify', 'quick', '--hook', hook],
    env
  );
  t.equal(failed.code, 1);
  t.match(failed.value, {
    error: { code: 'HOOK_FAILED', message: /RESTIC_REPOSITORY is not set/ },
  });
  const status = await document('status');
  t.equal(status.code, 1);
  t.match(status.value, { lastRun: { outcome: 'failed' } });
  const test = path.join(ROOT, 'scripts/test.ts');
  const words = ['--import', 'tsx', test, '--strict', '--json'];
  const place = ['--state', folder.path];
  const strict = await startProgram(process.execPath, [...words, ...place])
    .ended;
  t.equal(strict.code, 1);
  const { checks } = JSON.parse(strict.stdout) as { checks: unknown[] };
  t.match(checks.at(-1), {
    id: 'backups',
    status: 'fail',
    message: /the last run, of .*, failed: the hook/,
    suggestion: /^npx zx scripts\/backup\.ts status --state /,
  });
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

t.test(
  'backups that went elsewhere are found without their flag',
  async (t) => {
    const other = stateFolder(path.join(t.testdir(), 'state'));
    const mounted = path.join(t.testdir(), 'mounted disk');
    mkdirSync(other.path, { recursive: true });
    const startedAt = new Date().toISOString();
    await writeBackupState(other.backup, {
      folder: mounted,
      lastRun: {
        outcome: 'failed',
        startedAt,
        endedAt: startedAt,
        problem: 'the disk is not mounted',
        process: null,
      },
      newestGood: null,
      everyHours: 24,
    });
    const ask = async (command: string): Promise<Ended> => {
      const words = ['--import', 'tsx', SCRIPT, command, '--state', other.path];
      return await startProgram(process.execPath, words, {}).ended;
    };
    const [list, status] = await Promise.all([ask('list'), ask('status')]);
    t.equal(list.code, 10);
    t.match(list.stderr, `there is no backup in ${other.backups}`);
    t.match(list.stderr, `the last run wrote to: --backups '${mounted}'`);
    t.equal(status.code, 1, 'a failed run is seen');
    t.match(status.stdout, mounted);
    t.match(status.stdout, 'the disk is not mounted');
  }
);
