import t from 'tap';
import type { GrowthSample } from '../../../../microcosm-bridge/constellation-embedded/store/state.js';
import {
  addSample,
  bytesPerDay,
  daysToFull,
} from '../../../../microcosm-bridge/constellation-embedded/writer/growth.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_800_000_000_000;

function at(atMs: number, bytes = 0): GrowthSample {
  return { atMs, bytes };
}

t.test('a sample an hour is kept, for seven days', async (t) => {
  t.same(addSample([], at(NOW)), [at(NOW)]);
  t.equal(addSample([at(NOW)], at(NOW + HOUR - 1)), null, 'too early');
  t.same(addSample([at(NOW)], at(NOW + HOUR)), [at(NOW), at(NOW + HOUR)]);
  const week = addSample([at(NOW), at(NOW + DAY)], at(NOW + 7 * DAY + 1));
  t.same(week, [at(NOW + DAY), at(NOW + 7 * DAY + 1)]);
  t.same(
    addSample([at(NOW)], at(NOW - DAY)),
    [at(NOW - DAY)],
    'clock set back'
  );
  let samples: readonly GrowthSample[] = [];
  for (let hour = 0; hour < 1000; hour++) {
    samples = addSample(samples, at(NOW + hour * HOUR)) ?? samples;
  }
  t.equal(samples.length, 7 * 24 + 1, 'bounded');
});

t.test('growth is told after an hour, over at most seven days', async (t) => {
  const rows: [string, GrowthSample[], GrowthSample, number | null][] = [
    ['nothing known', [], at(NOW), null],
    ['too early', [at(NOW, 0)], at(NOW + HOUR - 1, 10), null],
    ['an hour', [at(NOW, 100)], at(NOW + HOUR, 200), 2400],
    ['a day', [at(NOW, 100), at(NOW + HOUR, 900)], at(NOW + DAY, 1100), 1000],
    ['it got smaller', [at(NOW, 100)], at(NOW + DAY, 50), 0],
    ['old samples do not count', [at(NOW, 0)], at(NOW + 8 * DAY, 5), null],
  ];
  for (const [what, samples, now, expected] of rows) {
    t.equal(bytesPerDay(samples, now), expected, what);
  }
});

t.test('days to full are those until the floor is reached', async (t) => {
  const rows: [number, number, number | null, number | null][] = [
    [1000, 0, 100, 10],
    [1000, 500, 100, 5],
    [400, 500, 100, 0],
    [1000, 0, 0, null],
    [1000, 0, null, null],
  ];
  for (const [free, floor, perDay, expected] of rows) {
    t.equal(daysToFull(free, floor, perDay), expected);
  }
});
