/** How full a disk is, and when it will be. */

import t from 'tap';
import type { CheckOutcome } from '../../../lib/checks/index.js';
import {
  withDaysToFull,
  withSpace,
} from '../../../lib/checks/data/disk-outlook.js';
import { volumeOutcome } from '../../../lib/checks/data/volume-outcome.js';
import { measuredGrowth } from '../../../lib/setup/disk/growth.js';

const PASS: CheckOutcome = { status: 'pass', message: 'good' };
const FAIL: CheckOutcome = {
  status: 'fail',
  message: 'bad',
  seen: '1',
  expected: '2',
  suggestion: 'mend it',
};

t.test('measured growth says when the disk is full', async (t) => {
  const growth = { bytesPerDay: 3 * 2 ** 30, daysToFull: 9.8 };
  t.match(withDaysToFull(PASS, growth), {
    message: 'good, full in 9.8 days (3.0 GiB a day)',
    facts: growth,
  });
  const shrinking = { bytesPerDay: -5, daysToFull: null };
  t.match(withDaysToFull(PASS, shrinking), { message: 'good, not growing' });
  t.equal(withDaysToFull(PASS, null), PASS, 'nothing is measured yet');
  t.equal(withDaysToFull(FAIL, growth), FAIL);
});

t.test('little space is warned of, not failed', async (t) => {
  const space = (freeBytes: number) => ({ freeBytes, totalBytes: 100 });
  for (const [free, days, warning] of [
    [50, null, undefined],
    [50, 7, undefined],
    [50, 6.9, /less than 7 days/],
    [9, null, /less than 10 %/],
    [10, 99, undefined],
    [9, 3, /less than 7 days/],
  ] as const) {
    const outcome = withSpace(PASS, space(free), days);
    t.equal(outcome.status, 'pass');
    t.match({ ...outcome }, { warning }, `${free} free, ${days} days`);
  }
  t.equal(withSpace(FAIL, space(1), 1), FAIL);
  t.notHas(withSpace(PASS, { freeBytes: 1, totalBytes: null }, null), {
    warning: String,
  });
});

t.test('a volume has days to full by its history', async (t) => {
  const GIB = 2 ** 30;
  const volume = {
    ...({ kind: 'volume', name: 'v', exists: true, sample: false } as const),
    ...{ sizeBytes: 4 * GIB, freeBytes: 20 * GIB, diskBytes: 100 * GIB },
  };
  const rate = (perDay: number, basis: 'measured' | 'assumed' = 'measured') =>
    ({ basis, lowBytes: perDay, highBytes: perDay, because: '' }) as const;
  for (const [perDay, days] of [
    [4 * GIB, 5],
    [0, null],
    [-GIB, null],
  ] as const) {
    t.strictSame(measuredGrowth(volume, rate(perDay)), {
      bytesPerDay: perDay,
      daysToFull: days,
    });
  }
  t.equal(measuredGrowth(volume, rate(GIB, 'assumed')), null);
  t.equal(measuredGrowth({ freeBytes: null }, rate(GIB)), null);
  const limits = { minFreeBytes: GIB };
  t.match(
    volumeOutcome(volume, measuredGrowth(volume, rate(4 * GIB)), limits),
    {
      status: 'pass',
      message:
        'volume v: 4.0 GiB; 20.0 GiB free, full in 5 days (4.0 GiB a day)',
      warning: /less than 7 days/,
      facts: { sizeBytes: 4 * GIB, daysToFull: 5 },
    }
  );
  t.match(volumeOutcome({ ...volume, freeBytes: 9 * GIB }, null, limits), {
    warning: /less than 10 %/,
  });
  t.match(volumeOutcome({ ...volume, freeBytes: 1 }, null, limits), {
    status: 'fail',
    message: /nearly full/,
  });
  t.match(volumeOutcome({ ...volume, exists: false }, null, limits), {
    status: 'fail',
    seen: 'no volume v',
  });
});
