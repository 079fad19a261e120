import t from 'tap';
import {
  judgeCounters,
  judgeFresh,
  judgeReady,
  parseHealthDocument,
  streamCounters,
  type HealthDocument,
} from '../../../lib/health/index.js';

const DOCUMENT = {
  verdict: 'current',
  message: 'the newest event is young',
  sample: false,
  newest_event_age_ms: 12,
  cursor: 1_700_000_000_000_000,
  started_at: '2026-01-01T00:00:00.000Z',
  complete_since: null,
  events_per_second: 5.5,
  events_total: 100,
  reconnects: 1,
  malformed: 0,
  connected: true,
  endpoint: 'wss://x/subscribe',
  paused: null,
  data_path: '/srv/data',
  data_bytes: 1,
  free_bytes: null,
  version: '1.0.0',
};

function health(changes: Partial<HealthDocument> = {}): HealthDocument {
  const parsed = parseHealthDocument(DOCUMENT);
  if (parsed === null) throw new Error('not read');
  return { ...parsed, ...changes };
}

t.test('a health document is read field by field', async (t) => {
  t.match(health(), {
    verdict: 'current',
    newestEventAgeMs: 12,
    completeSince: null,
    eventsTotal: 100,
    dataPath: '/srv/data',
    freeBytes: null,
    paused: null,
  });
  const paused = { reason: 'disk-full', message: 'no space', since: 'now' };
  t.same(parseHealthDocument({ ...DOCUMENT, paused })?.paused, paused);
});

t.test('what is no health document is none', async (t) => {
  const bad: readonly unknown[] = [
    null,
    'OK',
    [],
    {},
    { ...DOCUMENT, verdict: 'fine' },
    { ...DOCUMENT, data_path: undefined },
  ];
  for (const value of bad) t.equal(parseHealthDocument(value), null);
  const odd = parseHealthDocument({ ...DOCUMENT, events_total: 'many' });
  t.equal(odd?.eventsTotal, 0);
});

t.test(
  'fresh is judged from verdict, age, events and kind of data',
  async (t) => {
    const table: ReadonlyArray<
      readonly [Partial<HealthDocument>, object, 'pass' | 'wait' | 'fail']
    > = [
      [{}, {}, 'pass'],
      [{ newestEventAgeMs: 59_000 }, {}, 'pass'],
      [{ newestEventAgeMs: 61_000 }, {}, 'wait'],
      [{ newestEventAgeMs: 61_000 }, { maxAgeMs: 90_000 }, 'pass'],
      [{ newestEventAgeMs: null }, {}, 'wait'],
      [{ eventsTotal: 0 }, {}, 'wait'],
      [{ eventsTotal: 0 }, { minEvents: 0 }, 'pass'],
      [{ verdict: 'catching-up' }, {}, 'pass'],
      [{ verdict: 'catching-up' }, { acceptCatchingUp: false }, 'wait'],
      [{ verdict: 'idle' }, {}, 'pass'],
      [{ verdict: 'starting' }, {}, 'wait'],
      [{ verdict: 'stalled' }, {}, 'wait'],
      [{ sample: true }, { sample: false }, 'fail'],
      [{ sample: false }, { sample: true }, 'fail'],
      [{ sample: true }, {}, 'pass'],
    ];
    for (const [changes, limits, state] of table) {
      const found = judgeFresh(health(changes), limits);
      t.equal(found.state, state, JSON.stringify([changes, limits]));
    }
  }
);

t.test('ready is 200, not yet is 503, 404 is somebody else', async (t) => {
  t.equal(judgeReady(200).state, 'pass');
  t.equal(judgeReady(503).state, 'wait');
  t.equal(judgeReady(404).state, 'fail');
});

t.test('counters are compared, a frozen gauge is not freshness', async (t) => {
  const at = (atMs: number, read: number | null, ageMs: number | null) => ({
    atMs,
    value: { read, ageMs },
  });
  const table = [
    [[], 'wait'],
    [[at(0, null, null)], 'wait'],
    [[at(0, 10, 5)], 'wait'],
    [[at(0, 10, 5), at(500, 20, 5)], 'wait'],
    [[at(0, 10, 5), at(500, 20, 5), at(1200, 30, 5)], 'pass'],
    [[at(0, 10, 5), at(9000, 10, 5)], 'wait'],
    [[at(0, 10, 90_000), at(2000, 20, 80_000)], 'pass'],
    [[at(0, 10, 80_000), at(2000, 20, 90_000)], 'wait'],
    [[at(0, 10, null), at(2000, 20, null)], 'pass'],
  ] as const;
  for (const [readings, state] of table) {
    t.equal(judgeCounters(readings).state, state, JSON.stringify(readings));
  }
});

t.test('metrics are found with and without their units', async (t) => {
  const plain = `# TYPE jetstream_read counter
jetstream_read 12
jetstream_cursor_age 2500000
jetstream_read_errors 99
`;
  t.same(streamCounters(plain), { read: 12, ageMs: 2500 });
  const suffixed = `jetstream_read_total{instance="a"} 12
jetstream_read_total{instance="b"} 30
jetstream_cursor_age_microseconds 5000
`;
  t.same(streamCounters(suffixed), { read: 42, ageMs: 5 });
  t.same(streamCounters('consumer_events_actionable 7\n'), {
    read: 7,
    ageMs: null,
  });
  t.same(streamCounters('OK\n'), { read: null, ageMs: null });
});
