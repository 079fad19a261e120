import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  networkOf,
  uncovered,
} from '../../../lib/backup/commands/compose-form.js';
import { isOverdue, nextDue } from '../../../lib/backup/schedule/due-time.js';
import { runSchedule } from '../../../lib/backup/schedule/run-schedule.js';
import {
  scheduleFlags,
  type Schedule,
} from '../../../lib/backup/schedule/schedule.js';
import {
  crontabLine,
  systemdFiles,
} from '../../../lib/backup/schedule/schedule-texts.js';

const SCHEDULE: Schedule = {
  every: 'daily',
  at: { hour: 3, minute: 17 },
  keep: { last: 0, hourly: 0, daily: 7, weekly: 0, monthly: 0 },
  node: '/usr/bin/node',
  project: '/srv/my "project" 100%',
  places: ['--state', '/srv/sté te'],
  createFlags: ['--hook', "/srv/it's $HOME"],
};

t.test('a schedule is quoted for systemd and for cron', async (t) => {
  const [service, timer] = systemdFiles(SCHEDULE);
  t.match(service?.text, 'WorkingDirectory=/srv/my "project" 100%%\n');
  t.match(
    service?.text,
    'ExecStart=/usr/bin/node --import tsx "/srv/my \\"project\\" 100%%/scripts/backup.ts" create --state "/srv/sté te" --hook "/srv/it\'s $$HOME"\n'
  );
  t.match(service?.text, 'prune --state "/srv/sté te" --keep-daily 7 --yes\n');
  t.match(timer?.text, 'OnCalendar=*-*-* 03:17:00\n');
  t.equal(
    crontabLine({ ...SCHEDULE, every: 'weekly' }),
    "17 3 * * 0 cd '/srv/my \"project\" 100\\%' && /usr/bin/node --import tsx '/srv/my \"project\" 100\\%/scripts/backup.ts' create --state '/srv/sté te' --hook '/srv/it'\\''s $HOME' && /usr/bin/node --import tsx '/srv/my \"project\" 100\\%/scripts/backup.ts' prune --state '/srv/sté te' --keep-daily 7 --yes\n"
  );
  t.match(crontabLine({ ...SCHEDULE, every: 'hourly' }), /^17 \* \* \* \* cd /);
});

const DUE_CASES = [
  ['hourly', '2026-11-24T03:16:59', '2026-11-24T03:17:00'],
  ['hourly', '2026-11-24T03:17:00', '2026-11-24T04:17:00'],
  ['hourly', '2026-12-31T23:20:00', '2027-01-01T00:17:00'],
  ['daily', '2026-11-24T03:00:00', '2026-11-24T03:17:00'],
  ['daily', '2026-11-24T03:17:00', '2026-11-25T03:17:00'],
  ['daily', '2026-02-28T12:00:00', '2026-03-01T03:17:00'],
  ['weekly', '2026-11-24T03:00:00', '2026-11-29T03:17:00'],
  ['weekly', '2026-11-29T03:17:00', '2026-12-06T03:17:00'],
] as const;

t.test('the next time that is due', async (t) => {
  const { at } = SCHEDULE;
  for (const [every, after, due] of DUE_CASES) {
    const next = nextDue({ every, at }, new Date(after));
    t.equal(next.getTime(), new Date(due).getTime(), `${every} ${after}`);
  }
  const [last, now] = [new Date('2026-11-23T03:17:02'), new Date(2026, 10, 24)];
  t.notOk(isOverdue({ every: 'daily', at }, last, now));
  t.ok(isOverdue({ every: 'hourly', at }, last, now), 'one was missed');
  t.ok(isOverdue({ every: 'daily', at }, null, now), 'there was none yet');
});

for (const [title, breaks, notes, calls] of [
  ['one that was missed is made at once', 'none', [], ['create', 'prune']],
  [
    'after one that failed nothing is pruned',
    'create',
    [/the backup ended with 1; nothing is pruned/],
    ['create'],
  ],
  [
    'pruning that failed is said',
    'prune',
    [/pruning ended with 1/],
    ['create', 'prune'],
  ],
] as const) {
  t.test(title, async (t) => {
    const folder = t.testdir({
      // ARGS: --import tsx scripts/backup.ts COMMAND
      program: `#!/bin/sh\necho "$4" >>"$0.calls"\n[ "$4" != ${breaks} ]\n`,
    });
    const node = path.join(folder, 'program');
    chmodSync(node, 0o755);
    const stop = new AbortController();
    const said: string[] = [];
    const run = runSchedule(
      { ...SCHEDULE, node },
      {
        stateFile: path.join(folder, 'backup.json'),
        signal: stop.signal,
        onNote: (text) => {
          const isNext =
            said.push(text) > 1 && text.includes('the next backup');
          if (isNext) stop.abort(new Error('asked to end'));
        },
      }
    );
    await t.rejects(run, { message: 'asked to end' });
    t.match(said, [/the next backup/, ...notes, /the next backup/]);
    t.equal(said.length, notes.length + 2);
    const called = readFileSync(`${node}.calls`, 'utf8').trim().split('\n');
    t.strictSame(called, calls);
  });
}

t.test('a Compose service is told the schedule in flags', async (t) => {
  t.strictSame(scheduleFlags(SCHEDULE), [
    ...['--every', 'daily', '--at', '03:17', '--keep-daily', '7'],
    ...['--state', '/srv/sté te', '--hook', "/srv/it's $HOME"],
  ]);
  t.equal(networkOf(undefined, ['front', 'app_default']), 'app_default');
  t.equal(networkOf('front', ['app_default']), 'front');
  t.throws(() => networkOf(undefined, []), { code: 'NOTHING_FOUND' });
  t.strictSame(uncovered(['/a/state', '/a/state/backups'], []), ['/a/state']);
  t.strictSame(uncovered(['/a/b', '/a/bc'], []), ['/a/b', '/a/bc']);
  t.strictSame(uncovered(['/a'], ['/a', '/b']), []);
});
