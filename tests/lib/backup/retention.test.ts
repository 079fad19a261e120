import fc from 'fast-check';
import t from 'tap';
import {
  decideKeeping,
  isoWeek,
  type KeepPolicy,
} from '../../../lib/backup/retention/keep-policy.js';

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
