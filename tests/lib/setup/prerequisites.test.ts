/** Whether a machine is fit for it, and for how long its disk is. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  ASSUMED,
  daysText,
  daysToFull,
  growthRate,
  type GrowthRate,
} from '../../../lib/setup/disk/growth.js';
import { forgetGrowth } from '../../../lib/setup/disk/growth-history.js';
import { measureGrowth } from '../../../lib/setup/disk/measure-growth.js';
import { judgeClock } from '../../../lib/setup/prerequisites/clock.js';
import { judgeDisk } from '../../../lib/setup/prerequisites/disk.js';
import { describeDocker } from '../../../lib/setup/prerequisites/docker-versions.js';
import { judgeMemory } from '../../../lib/setup/prerequisites/memory.js';
import {
  compareVersions,
  judgeNode,
  LEAST_NODE,
} from '../../../lib/setup/prerequisites/node-version.js';
import { judge } from '../../../lib/setup/steps/prerequisites-step.js';

const GIB = 1024 ** 3;

t.test('Node is old enough as package.json says', async (t) => {
  const file = new URL('../../../package.json', import.meta.url);
  const text = readFileSync(file, 'utf8');
  t.match(text, `"node": ">=${LEAST_NODE}"`);
  t.match(judgeNode('20.18.0'), { status: 'fail', detail: /20\.18\.1/ });
  t.match(judgeNode('20.18.1'), { status: 'good' });
  t.match(judgeNode('24.0.0'), { status: 'good' });
  t.equal(compareVersions('20.10.24+dfsg1', '20.10'), 24);
  t.ok(compareVersions('v2.26.1-4', '1.29.2') > 0);
  t.ok(compareVersions('9', '10') < 0);
});

t.test(
  'days to full are measured where that can be, else assumed',
  async (t) => {
    const at = (hours: number): string =>
      new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString();
    const reading = (hours: number, gib: number, dataPath = '/d') => ({
      at: at(hours),
      dataPath,
      sizeBytes: gib * GIB,
    });
    for (const readings of [
      [],
      [reading(0, 1)],
      [reading(0, 1), reading(5, 2)],
      [reading(0, 1, '/other'), reading(48, 9, '/other')],
    ]) {
      const rate = growthRate(readings, '/d');
      t.match(rate, {
        basis: 'assumed',
        because: /^assumed: 200 to 600 events/,
      });
      t.equal(rate.lowBytes, ASSUMED.eventsPerSecond.low * 520 * 86_400);
    }
    t.match(growthRate([reading(0, 1), reading(48, 5)], '/d', GIB), {
      basis: 'measured',
      highBytes: GIB,
      because: 'measured by the index: 1.0 GiB a day',
    });
    const measured = growthRate([reading(0, 1), reading(48, 5)], '/d');
    t.match(measured, {
      basis: 'measured',
      lowBytes: 2 * GIB,
      because: 'measured over 2 days: 2.0 GiB a day',
    });
    t.strictSame(daysToFull(20 * GIB, measured), { soonest: 10, latest: 10 });
    for (const [soonest, latest, text] of [
      [0.4, 0.9, 'less than a day'],
      [0.4, 3, 'less than 1 to 3 days'],
      [1, 1.2, 'about 1 day'],
      [3.3, 9.4, '3 to 9 days'],
      [123, 456, '120 to 500 days'],
      [Infinity, Infinity, 'never'],
    ] as const) {
      t.equal(daysText({ soonest, latest }), text);
    }
    t.equal(
      daysText(daysToFull(5, { ...measured, lowBytes: 0, highBytes: -1 })),
      'never'
    );
  }
);

t.test('space is judged by what is free and how long that lasts', async (t) => {
  const assumed = growthRate([], '/d');
  const fast: GrowthRate = { ...assumed, basis: 'measured' };
  const free = (freeBytes: number, totalBytes: number | null = null) => ({
    freeBytes,
    totalBytes,
  });
  t.match(judgeDisk(free(100 * 1024 ** 2), null), {
    status: 'fail',
    detail: '100.0 MiB free; the index pauses below 128.0 MiB',
  });
  t.match(judgeDisk(free(40 * GIB, 400 * GIB), null), {
    status: 'good',
    detail: '40.0 GiB free',
  });
  t.match(judgeDisk(free(90 * GIB), assumed), {
    status: 'good',
    detail: /assumed/,
  });
  t.match(judgeDisk(free(20 * GIB), assumed), { status: 'warn' });
  t.match(judgeDisk(free(90 * GIB), fast), {
    status: 'warn',
    detail: /; the disk may be full in less than 7 days$/,
  });
  t.match(judgeDisk(free(39 * GIB, 400 * GIB), null), {
    status: 'warn',
    detail: '39.0 GiB free; less than 10 % of the disk is free',
  });
  t.match(judgeDisk(null, assumed), { status: 'warn' });
});

t.test('how large the data was is noted, and measured by', async (t) => {
  const file = path.join(t.testdir(), 'growth.jsonl');
  const data = {
    ...({ kind: 'volume', name: 'v', exists: true, sample: false } as const),
    ...{ freeBytes: 1, diskBytes: 1 },
  };
  const on = (day: number, sizeBytes: number | null, sample = false) =>
    measureGrowth(
      file,
      { ...data, sizeBytes, sample },
      new Date(Date.UTC(2026, 0, day))
    );
  t.match(await on(1, GIB), { basis: 'assumed' });
  t.match(await on(2, null), { basis: 'assumed' }, 'not known: not noted');
  t.match(await on(2, 9 * GIB, true), { basis: 'assumed' }, 'a sample neither');
  t.match(await on(3, 5 * GIB), { basis: 'measured', highBytes: 2 * GIB });
  await forgetGrowth(file, 'another');
  t.match(await on(3, 5 * GIB), { basis: 'measured' }, 'not its history');
  // Put aside and begun anew, or what was kept thrown away.
  await forgetGrowth(file, data.name);
  t.match(await on(4, GIB), { basis: 'assumed' });
  t.match(await on(6, 5 * GIB), { basis: 'measured', highBytes: 2 * GIB });
});

t.test('memory, clock and Docker are described', async (t) => {
  const totalBytes = 2 * GIB;
  t.match(judgeMemory({ totalBytes, availableBytes: GIB }), { status: 'good' });
  t.match(judgeMemory({ totalBytes, availableBytes: 1 }), { status: 'warn' });
  const now = Date.UTC(2026, 5, 1);
  const missing = { kind: 'missing' } as const;
  const said = (text: string) => ({ kind: 'said', text }) as const;
  t.match(judgeClock(now, now + 1, said('yes')), {
    status: 'warn',
    detail: /before/,
  });
  t.match(judgeClock(now, now, said('yes')), {
    status: 'good',
    detail: /kept by a/,
  });
  t.match(judgeClock(now, now, said('no')), {
    status: 'warn',
    detail: /by no/,
  });
  t.match(judgeClock(now, now, missing), {
    status: 'good',
    detail: /cannot be seen/,
  });
  for (const [engine, compose, text] of [
    [missing, missing, 'not installed'],
    [said('27.1'), said('v2.30.0'), 'Engine 27.1, Compose 2.30.0'],
    [
      { kind: 'failed', text: 'there is no /run/docker.sock' },
      missing,
      'there is no /run/docker.sock, no Compose',
    ],
  ] as const) {
    t.match(describeDocker({ engine, compose }), {
      status: 'info',
      detail: text,
    });
  }
});

t.test('all prerequisites that fail are told at once', async (t) => {
  const good = { id: 'a', name: 'a', status: 'good', detail: '' } as const;
  const bad = (name: string) =>
    ({ id: name, name, status: 'fail', detail: 'is bad' }) as const;
  const error = new Error('taken');
  t.throws(() => judge([good, { ...bad('ports'), error }]), {
    message: 'taken',
  });
  t.throws(() => judge([bad('disk'), bad('ports')]), {
    code: 'PREREQUISITE',
    message: 'disk: is bad\nports: is bad',
  });
  t.match(judge([good, { ...good, name: 'b', status: 'warn' }]), {
    status: 'warned',
    text: 'look at b',
  });
});
