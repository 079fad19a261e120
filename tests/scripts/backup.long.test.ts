/** scripts/backup.ts as it is used, on an index under full ingestion. */

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { request } from 'undici';
import { writeBackupState } from '../../lib/backup/run-record.js';
import { stateFolder } from '../../lib/runtime/index.js';
import {
  ROOT,
  SCRIPT,
  startIngesting,
} from '../fixtures/backup/ingesting-index.js';
import { startProgram, type Ended } from '../fixtures/cli/run.js';
import { healthUntil } from '../fixtures/embedded-process.js';

const index = await startIngesting(t);
const { root, folder, urls, backup, document, names } = index;
const { api } = urls;

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
    const scraped = await request(urls.metrics ?? '');
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
  const scraped = await request(urls.metrics ?? '');
  t.match(await scraped.body.text(), /^backup_last_run_failed 1$/m);
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
