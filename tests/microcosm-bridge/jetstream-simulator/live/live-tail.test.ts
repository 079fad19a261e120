import { mock } from 'node:test';
import t from 'tap';
import { Network } from '../../../../microcosm-bridge/jetstream-simulator/generator/network.js';
import {
  dueEvents,
  LiveTail,
} from '../../../../microcosm-bridge/jetstream-simulator/live/live-tail.js';

t.test('as many events are due as the pace says', async (t) => {
  t.same(dueEvents(50, 1000), { events: 50, restMs: 0 });
  t.same(dueEvents(0, 1000), { events: 0, restMs: 0 });
  t.same(dueEvents(250, 5), { events: 1, restMs: 50 }, 'the rest is kept');
  t.same(dueEvents(-5000, 5), { events: 0, restMs: 0 }, 'a clock set back');
  t.same(dueEvents(60_000, 5), { events: 5, restMs: 0 }, 'a pause: one second');
  t.same(
    dueEvents(1e9, 0.1),
    { events: 1, restMs: 0 },
    'a slow one: one event'
  );
});

t.test('over any time the pace is kept exactly', async (t) => {
  let restMs = 0;
  let events = 0;
  for (let i = 0; i < 1000; i++) {
    const due = dueEvents(17 + restMs, 333);
    events += due.events;
    restMs = due.restMs;
  }
  t.ok(Math.abs(events - 17 * 333) <= 1, `${events} in 17 seconds`);
});

t.test('events happen now, and never before the last one', async (t) => {
  let nowMs = Date.UTC(2026, 5, 1);
  let newestTimeUs = 0;
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  const timesUs: number[] = [];
  const tail = new LiveTail({
    network: new Network(1),
    eventsPerSecond: 200,
    now: () => nowMs,
    newestTimeUs: () => newestTimeUs,
    push: (lines) => {
      for (const line of lines) {
        const { time_us: timeUs } = JSON.parse(line) as { time_us: number };
        timesUs.push(timeUs);
        newestTimeUs = timeUs;
      }
    },
  });
  tail.start();
  tail.start();
  t.equal(timesUs.length, 1, 'one at once');
  const advance = (ms: number) => {
    nowMs += ms;
    mock.timers.tick(ms);
  };
  for (let i = 0; i < 20; i++) advance(50);
  t.equal(timesUs.length, 201, 'then 200 a second');
  t.ok(
    timesUs.every((timeUs, i) => timeUs > (timesUs[i - 1] ?? 0)),
    'each later than the one before'
  );
  const lagUs = nowMs * 1000 - (timesUs.at(-1) ?? 0);
  t.ok(lagUs >= 0 && lagUs < 1000, 'the newest is from now');
  const laterUs = (nowMs + 60_000) * 1000;
  newestTimeUs = laterUs;
  advance(50);
  t.equal(timesUs.at(-10), laterUs + 1, 'behind a later one');
  tail.stop();
  advance(1000);
  t.equal(timesUs.length, 211, 'none after the end');
});
