/** What is decided about backups, without any. */

import fc from 'fast-check';
import t from 'tap';
import { BackupError } from '../../../lib/backup/backup-error.js';
import {
  isBackupName,
  isUnfinishedName,
  newBackupName,
  newVerifyName,
  partialName,
  removingName,
} from '../../../lib/backup/backup-name.js';
import { backupLine } from '../../../lib/backup/commands/list-command.js';
import { withoutSecrets } from '../../../lib/backup/env-copy.js';
import { judgeBackups } from '../../../lib/backup/judge-backups.js';
import {
  manifestText,
  warningsOf,
  type BackupManifest,
} from '../../../lib/backup/manifest/manifest.js';
import { parseManifest } from '../../../lib/backup/manifest/parse-manifest.js';
import { ProgressText } from '../../../lib/backup/progress.js';
import {
  assertRestorable,
  gapAfter,
  gapWarning,
} from '../../../lib/backup/restore/restore-checks.js';
import {
  decideKeeping,
  isoWeek,
  type KeepPolicy,
} from '../../../lib/backup/retention/keep-policy.js';
import { parseBackupState } from '../../../lib/backup/run-record.js';
import {
  networkOf,
  uncovered,
} from '../../../lib/backup/commands/compose-form.js';
import { isOverdue, nextDue } from '../../../lib/backup/schedule/due-time.js';
import {
  scheduleFlags,
  type Schedule,
} from '../../../lib/backup/schedule/schedule.js';
import {
  crontabLine,
  systemdFiles,
} from '../../../lib/backup/schedule/schedule-texts.js';

const NOTHING: KeepPolicy = {
  last: 0,
  hourly: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
};

/** Backups at these times (`MM-DD HH:MM` of 2026), all verified. */
function kept(times: readonly string[], policy: Partial<KeepPolicy>): string[] {
  const candidates = times.map((id) => ({
    id,
    createdAt: new Date(`2026-${id.replace(' ', 'T')}:00Z`),
    verified: true,
  }));
  return decideKeeping(candidates, { ...NOTHING, ...policy })
    .filter(({ reasons }) => reasons.length > 0)
    .map(({ id }) => id);
}

const TIMES = [
  '11-24 12:40',
  '11-24 12:10',
  '11-24 09:00',
  '11-23 23:59',
  '11-23 00:01',
  '11-22 10:00',
  '11-15 10:00',
  '10-31 10:00',
  '10-01 10:00',
  '08-01 10:00',
];

const KEEP_CASES: ReadonlyArray<[string, Partial<KeepPolicy>, string[]]> = [
  ['the last two', { last: 2 }, ['11-24 12:40', '11-24 12:10']],
  [
    'the newest of each of two hours',
    { hourly: 2 },
    ['11-24 12:40', '11-24 09:00'],
  ],
  [
    'the newest of each of three days',
    { daily: 3 },
    ['11-24 12:40', '11-23 23:59', '11-22 10:00'],
  ],
  [
    'weeks begin on Monday',
    { weekly: 3 },
    ['11-24 12:40', '11-22 10:00', '11-15 10:00'],
  ],
  [
    'months without one do not count',
    { monthly: 3 },
    ['11-24 12:40', '10-31 10:00', '08-01 10:00'],
  ],
  ['rules add up', { last: 1, daily: 2 }, ['11-24 12:40', '11-23 23:59']],
  [
    'the oldest stays while a rule has some left',
    { daily: 8 },
    [
      '11-24 12:40',
      '11-23 23:59',
      '11-22 10:00',
      '11-15 10:00',
      '10-31 10:00',
      '10-01 10:00',
      '08-01 10:00',
    ],
  ],
  ['no rule: the newest verified one', {}, ['11-24 12:40']],
];

for (const [title, policy, expected] of KEEP_CASES) {
  t.test(`retention: ${title}`, async (t) => {
    t.strictSame(kept(TIMES, policy), expected);
    t.strictSame(kept(TIMES.toReversed(), policy), expected, 'in any order');
  });
}

t.test(
  'retention: two of one day, the oldest too while there is room',
  async (t) => {
    const times = ['11-24 12:00', '11-24 11:00', '11-24 10:00'];
    t.strictSame(kept(times, { daily: 2 }), ['11-24 12:00', '11-24 10:00']);
    t.strictSame(kept(times, { daily: 1 }), ['11-24 12:00']);
  }
);

t.test('retention never loses the newest verified one', async () => {
  const backup = fc.record({
    id: fc.uuid(),
    createdAt: fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2030-01-01'),
      noInvalidDate: true,
    }),
    verified: fc.boolean(),
  });
  const count = fc.integer({ min: 0, max: 5 });
  const policy = fc.record({
    last: count,
    hourly: count,
    daily: count,
    weekly: count,
    monthly: count,
  });
  fc.assert(
    fc.property(fc.array(backup, { maxLength: 20 }), policy, (all, rules) => {
      const decisions = decideKeeping(all, rules);
      const stays = new Set(
        decisions.flatMap(({ id, reasons }) => (reasons.length > 0 ? [id] : []))
      );
      const newestFirst = all.toSorted(
        (a, b) => b.createdAt.getTime() - a.createdAt.getTime()
      );
      const times = new Set(newestFirst.map((one) => one.createdAt.getTime()));
      const newest = newestFirst.find(({ verified }) => verified);
      const isTold = times.size < all.length; // which of two is newer is open
      if (newest !== undefined && !isTold && !stays.has(newest.id))
        return false;
      const most = Object.values(rules).reduce((sum, one) => sum + one, 1);
      return decisions.length === all.length && stays.size <= most;
    }),
    { numRuns: 100 }
  );
});

t.test('weeks are those of ISO 8601', async (t) => {
  for (const [day, week] of [
    ['2026-11-22', '2026-W47'],
    ['2026-11-23', '2026-W48'],
    ['2027-01-03', '2026-W53'],
    ['2024-12-30', '2025-W01'],
  ] as const) {
    t.equal(isoWeek(new Date(`${day}T12:00:00Z`)), week, day);
  }
});

const SUM = 'a'.repeat(64);
const MANIFEST: BackupManifest = {
  formatVersion: 1,
  id: 'constellation-20261124T140423Z-1f9ac2',
  createdAt: '2026-11-24T14:04:23.000Z',
  madeBy: '0.1.0',
  runtime: 'embedded',
  server: {
    kind: 'embedded',
    version: '0.1.0',
    image: null,
    imageDigest: null,
    storeFormat: 1,
  },
  sample: false,
  snapshot: { method: 'hot-copy', pauseMs: 0 },
  index: {
    cursorUs: 1_795_000_000_000_000,
    endpoint: 'wss://host/subscribe',
    startedAt: '2026-11-01T00:00:00.000Z',
    completeSince: '2026-11-01T00:00:01.000Z',
    dids: 3,
    targetables: 4,
    linkingRecords: 5,
  },
  sentinels: [
    { target: 'at://x', collection: 'a.b.c', path: '.s', records: 2, dids: 1 },
  ],
  warnings: [],
  files: [
    {
      name: 'index.mdb',
      stored: 'index.mdb.zst',
      compression: 'zstd',
      sizeBytes: 10,
      sha256: SUM,
      storedBytes: 5,
      storedSha256: SUM,
    },
  ],
  envFile: {
    stored: 'env.constellation-local',
    sizeBytes: 3,
    sha256: SUM,
    secretsLeftOut: ['REDIS_URL'],
  },
};

t.test('a manifest reads back as it was written', async (t) => {
  t.strictSame(parseManifest(manifestText(MANIFEST)), MANIFEST);
  const bare = {
    ...MANIFEST,
    envFile: null,
    index: { ...MANIFEST.index, cursorUs: null, completeSince: null },
  };
  t.strictSame(parseManifest(manifestText(bare)), bare);
  const { warnings: _none, ...first } = MANIFEST;
  t.strictSame(
    parseManifest(JSON.stringify(first)),
    MANIFEST,
    'those of the first version have no warnings'
  );
});

t.test('without a counted place it is not said to be counted', async (t) => {
  t.strictSame(warningsOf(MANIFEST), []);
  const uncounted = { ...MANIFEST, sentinels: [] };
  const [warning = ''] = warningsOf(uncounted);
  t.match(warning, 'totals alone');
  const empty = { ...MANIFEST.index, linkingRecords: 0 };
  t.strictSame(
    warningsOf({ index: empty, sentinels: [] }),
    [],
    'none to count'
  );
  const line = (warnings: readonly string[]): string =>
    backupLine(
      {
        id: MANIFEST.id,
        path: '/b',
        manifest: { ...MANIFEST, warnings },
        problem: null,
        verification: { at: '', level: 'full', problem: null },
      },
      new Date()
    );
  t.match(line([]), /, verified$/);
  t.match(line([warning]), /, verified without counts$/);
});

t.test('a manifest that is none is refused, whatever is wrong', async (t) => {
  const file = MANIFEST.files[0];
  const wrong: ReadonlyArray<[string, unknown, string]> = [
    ['a newer format', { ...MANIFEST, formatVersion: 2 }, 'WRONG_VERSION'],
    ['no format', { ...MANIFEST, formatVersion: undefined }, 'DAMAGED'],
    ['another runtime', { ...MANIFEST, runtime: 'cloud' }, 'DAMAGED'],
    [
      'a path out of the folder',
      { ...MANIFEST, files: [{ ...file, stored: '../../etc/passwd' }] },
      'DAMAGED',
    ],
    [
      'a hidden file',
      { ...MANIFEST, files: [{ ...file, name: '.bashrc' }] },
      'DAMAGED',
    ],
    [
      'a sum that is none',
      { ...MANIFEST, files: [{ ...file, sha256: 'x' }] },
      'DAMAGED',
    ],
    [
      'a negative size',
      { ...MANIFEST, files: [{ ...file, sizeBytes: -1 }] },
      'DAMAGED',
    ],
    ['no list', { ...MANIFEST, sentinels: {} }, 'DAMAGED'],
    ['no object', null, 'DAMAGED'],
  ];
  for (const [title, value, code] of wrong) {
    t.throws(() => parseManifest(JSON.stringify(value)), { code }, title);
  }
  t.throws(() => parseManifest('{"formatVersion":'), { code: 'DAMAGED' });
  fc.assert(
    fc.property(fc.json(), (text) => {
      try {
        parseManifest(text);
        return false;
      } catch (error) {
        return error instanceof BackupError;
      }
    }),
    { numRuns: 50 }
  );
});

t.test('names of what is unfinished are never those of backups', async (t) => {
  const name = newBackupName(new Date('2026-11-24T14:04:23.123Z'));
  t.match(name, /^constellation-20261124T140423Z-[0-9a-f]{6}$/);
  t.ok(isBackupName(name));
  for (const other of [
    partialName(name),
    removingName(name),
    newVerifyName(),
  ]) {
    t.notOk(isBackupName(other), other);
    t.ok(isUnfinishedName(other), other);
  }
  t.notOk(isUnfinishedName(name));
  t.notOk(isUnfinishedName('.lock'));
});

t.test('secrets are left out of the settings, nothing else', async (t) => {
  const text =
    '# Redis\nCONSTELLATION_PORT=6789 # ours\r\n' +
    'REDIS_URL=redis://:hunter2@h:6379 # was redis://:hunter1@h\n' +
    '# REDIS_URL="redis://:hunter0@h:6379"\nMY_TOKEN=abc\nEMPTY_TOKEN=\n' +
    '# a note: not an assignment\n';
  const copy = withoutSecrets(text);
  t.equal(
    copy.text,
    '# Redis\nCONSTELLATION_PORT=6789 # ours\r\nREDIS_URL=\n# REDIS_URL=\n' +
      'MY_TOKEN=\nEMPTY_TOKEN=\n# a note: not an assignment\n'
  );
  t.strictSame(copy.secretsLeftOut, ['REDIS_URL', 'MY_TOKEN']);
});

t.test('a backup is restored only where it fits', async (t) => {
  const target = {
    runtime: 'embedded',
    storeFormat: 1,
    present: null,
  } as const;
  assertRestorable(MANIFEST, target);
  assertRestorable(MANIFEST, { ...target, storeFormat: 2 });
  const sample = { sizeBytes: 1, sample: true };
  for (const [code, manifest, where, wayOut] of [
    [
      'WRONG_RUNTIME',
      MANIFEST,
      { ...target, runtime: 'docker' },
      /--runtime embedded/,
    ],
    [
      'WRONG_VERSION',
      { ...MANIFEST, server: { ...MANIFEST.server, storeFormat: 2 } },
      target,
      /version 0\.1\.0 of Constellation Local or a newer/,
    ],
    ['SAMPLE_MISMATCH', MANIFEST, { ...target, present: sample }, /--data DIR/],
    [
      'SAMPLE_MISMATCH',
      { ...MANIFEST, sample: true },
      { ...target, present: { ...sample, sample: false } },
      /--data DIR/,
    ],
  ] as const) {
    t.throws(() => assertRestorable(manifest, where), {
      code,
      suggestion: wayOut,
    });
  }
});

t.test('an old backup is said to have a gap, a young one not', async (t) => {
  const nowMs = 1_800_000_000_000;
  const aged = (hours: number): string | null =>
    gapWarning((nowMs - hours * 3_600_000) * 1000, nowMs);
  t.equal(aged(23), null);
  t.match(aged(30), /may be missing/);
  t.match(aged(80), /will be missing/);
  t.equal(gapWarning(null, nowMs), null);

  const cursorUs = Date.parse('2026-11-24T12:00:00Z') * 1000;
  const backup = { index: { ...MANIFEST.index, cursorUs } };
  t.equal(gapAfter(backup, '2026-11-01T00:00:01.000Z'), null);
  t.equal(gapAfter(backup, null), null);
  t.strictSame(gapAfter(backup, '2026-11-24T13:00:00.000Z'), {
    from: '2026-11-24T12:00:00.000Z',
    to: '2026-11-24T13:00:00.000Z',
  });
});

t.test(
  'a failed run, an old backup and none at all are problems',
  async (t) => {
    const now = Date.parse('2026-11-24T12:00:00Z');
    const good = { id: 'x', createdAt: '2026-11-23T12:00:00Z', storedBytes: 1 };
    const run = {
      outcome: 'good',
      startedAt: '2026-11-23T12:00:00Z',
      endedAt: null,
      problem: null,
      process: null,
    } as const;
    const state = {
      folder: '/b',
      lastRun: run,
      newestGood: good,
      everyHours: 24,
    };
    t.match(judgeBackups(state, now), { ok: true, ageMs: 86_400_000 });
    t.match(judgeBackups(state, now + 13 * 3_600_000), {
      ok: false,
      problems: [/37 h.* old|1\.5 days old/],
    });
    t.match(judgeBackups({ ...state, everyHours: null }, now * 2), {
      ok: true,
    });
    t.match(judgeBackups(state, now, 1), { ok: false });
    const failed = { ...run, outcome: 'failed', problem: 'disk full' } as const;
    t.match(judgeBackups({ ...state, lastRun: failed }, now), {
      ok: false,
      problems: [/failed: disk full/],
    });
    const unverified = { ...run, outcome: 'unverified' } as const;
    t.match(judgeBackups({ ...state, lastRun: unverified }, now), {
      ok: false,
    });
    t.match(judgeBackups({ ...state, newestGood: null }, now), {
      ok: false,
      problems: ['there is no good backup'],
    });
    t.equal(parseBackupState('{'), null);
    t.equal(parseBackupState('{"schemaVersion":2,"folder":"/b"}'), null);
  }
);

const SCHEDULE: Schedule = {
  every: 'daily',
  at: { hour: 3, minute: 17 },
  keep: { ...NOTHING, daily: 7 },
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

t.test('progress says how long it will still take', async (t) => {
  let nowMs = 0;
  const progress = new ProgressText(() => nowMs);
  const at = (doneBytes: number): string =>
    progress.text({ what: 'copying', doneBytes, totalBytes: 1024 * 1024 });
  t.equal(at(0), 'copying: 0 % of 1.0 MiB');
  nowMs = 5000;
  t.equal(at(256 * 1024), 'copying: 25 % of 1.0 MiB, 15 s left');
  t.equal(at(2048 * 1024), 'copying: 100 % of 1.0 MiB, 0 ms left');
});
