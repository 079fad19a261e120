/** What is decided about backups, without any. */

import t from 'tap';
import {
  isBackupName,
  isUnfinishedName,
  newBackupName,
  newVerifyName,
  partialName,
  removingName,
} from '../../../lib/backup/backup-name.js';
import { spaceForBackup } from '../../../lib/backup/create-backup.js';
import { withoutSecrets } from '../../../lib/backup/env-copy.js';
import { judgeBackups } from '../../../lib/backup/judge-backups.js';
import { ProgressText } from '../../../lib/backup/progress.js';
import {
  assertServed,
  judgeServed,
  servedText,
} from '../../../lib/backup/restore/served-counts.js';
import { unchangedPlaces } from '../../../lib/backup/docker/live-facts.js';
import { isTotalWrong } from '../../../lib/backup/verify/compare-index.js';
import { parseBackupState } from '../../../lib/backup/run-record.js';

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

t.test('what is not compressed needs all of its room', (t) => {
  const plan = {
    method: 'hot-copy',
    text: '',
    source: '',
    sizeBytes: 1000,
    scratchBytes: 200,
  } as const;
  t.equal(spaceForBackup(plan, 'none'), 1200);
  t.equal(spaceForBackup(plan, 'gzip'), 900);
  t.end();
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

t.test('what serves may have moved on, but knows what it was', async (t) => {
  const count = (records: number, dids = records) => ({ records, dids });
  const before = [count(3), count(2), count(1)];
  for (const [now, text] of [
    [before, '3 of 3 as in the backup'],
    [
      [count(3), count(2, 1), count(9)],
      '1 of 3 as in the backup, 2 changed since',
    ],
    [
      [count(3), count(4), count(0)],
      '1 of 3 as in the backup, 1 changed since, 1 without a link now',
    ],
  ] as const) {
    const counts = judgeServed(before, now);
    t.equal(servedText(counts), `places counted in what serves now: ${text}`);
    t.doesNotThrow(() => assertServed(counts));
  }
  const none = judgeServed(before, [count(0), count(0), count(0)]);
  t.throws(() => assertServed(none), { code: 'RESTORE_FAILED' });
  const zero = judgeServed([count(0)], [count(0)]);
  t.doesNotThrow(() => assertServed(zero), 'there was nothing to lose');
  const unasked = judgeServed([], []);
  t.doesNotThrow(() => assertServed(unasked));
  t.match(servedText(unasked), 'the backup counted no place');
});

t.test('a place counts where it was the same before and after', async (t) => {
  const place = {
    target: 'at://did:plc:a/app.bsky.feed.post/3l',
    collection: 'app.bsky.feed.like',
    path: '.subject.uri',
    records: 56,
    dids: 40,
  };
  const before = { ...place, newest: 'did:plc:b app.bsky.feed.like 3la' };
  t.strictSame(unchangedPlaces([before], [before]), [place]);
  const many = Array.from({ length: 60 }, (_, at) => ({
    ...before,
    target: `at://did:plc:a/app.bsky.feed.post/${at}`,
  }));
  const later = many.filter((_, at) => at % 2 === 1);
  const kept = unchangedPlaces(many, later).map(({ target }) => target);
  t.strictSame(
    kept,
    later.slice(0, 20).map(({ target }) => target),
    'twenty of those that stayed as they were'
  );
  for (const other of [
    { ...before, records: 57 },
    { ...before, dids: 41 },
    { ...before, path: '.subject' },
    // One link went, another came.
    { ...before, newest: 'did:plc:c app.bsky.feed.like 3lb' },
  ]) {
    t.strictSame(unchangedPlaces([before], [other]), []);
  }
});

t.test('a total of the real server lies about where it was', async (t) => {
  for (const [kind, after, seen, isWrong] of [
    ['constellation', 100, 100, false],
    ['constellation', 100, 75, false],
    ['constellation', 100, 74, true],
    ['constellation', 100, 125, false],
    ['constellation', 100, 126, true],
    ['constellation', undefined, 126, true],
    // It has taken in much until it was frozen.
    ['constellation', 200, 250, false],
    ['constellation', 200, 251, true],
    // An estimate has gone down meanwhile.
    ['constellation', 80, 60, false],
    [null, 100, 74, true],
    ['embedded', 100, 100, false],
    ['embedded', 100, 99, true],
    ['embedded', 200, 101, true],
  ] as const) {
    const is = isTotalWrong(kind, 100, seen, after);
    t.equal(is, isWrong, `${kind} ${after} ${seen}`);
  }
});
