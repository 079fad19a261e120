import t from 'tap';
import type { IndexStatus } from '../../../../microcosm-bridge/constellation-embedded/health/index-status.js';
import { StatusHistory } from '../../../../microcosm-bridge/constellation-embedded/health/status-history.js';
import {
  DEFAULT_THRESHOLDS,
  judgeFreshness,
} from '../../../../microcosm-bridge/constellation-embedded/health/verdict.js';
import { healthReport } from '../../../../microcosm-bridge/constellation-embedded/health/health-report.js';

const NOW = 1_800_000_000_000;
const S = 1000;

const IDENTITY = {
  sample: false,
  dataPath: '/data',
  version: '1',
  processStartedMs: NOW,
  thresholds: DEFAULT_THRESHOLDS,
};

function status(changes: Partial<IndexStatus> = {}): IndexStatus {
  return {
    atMs: NOW,
    source: 'stream',
    cursor: (NOW - 2 * S) * 1000,
    lastReadAtMs: NOW - S,
    connected: true,
    endpoint: 'ws://test',
    reconnects: 0,
    malformed: 0,
    rejected: 0,
    eventsTotal: 10,
    startedAt: 1,
    completeSince: 1,
    pause: null,
    trouble: null,
    dataBytes: 0,
    freeBytes: 1,
    minFreeBytes: 0,
    bytesPerDay: null,
    retainDays: null,
    ...changes,
  };
}

/** A cursor of this age at that time. */
function aged(ageS: number, atMs: number): Partial<IndexStatus> {
  return { atMs, cursor: (atMs - ageS * S) * 1000, lastReadAtMs: atMs };
}

const pause = { reason: 'disk-full', message: 'full', sinceMs: NOW } as const;

const cases: readonly [string, string, readonly IndexStatus[], number?][] = [
  ['nothing is known yet', 'starting', []],
  ['a young event was read just now', 'current', [status()]],
  ['the file is read to its end', 'idle', [status({ source: 'file-done' })]],
  ['nothing is taken in', 'idle', [status({ source: 'none' })]],
  [
    'no event has ever come, the process is young',
    'starting',
    [status({ cursor: null, lastReadAtMs: null, connected: false })],
    NOW - 5 * S,
  ],
  [
    'no event has ever come, the process is old',
    'stalled',
    [status({ cursor: null, lastReadAtMs: null, connected: false })],
    NOW - 61 * S,
  ],
  [
    'after a restart the old cursor alone is no verdict',
    'starting',
    [status({ ...aged(3600, NOW), lastReadAtMs: null })],
    NOW - 5 * S,
  ],
  [
    'nothing was read for a while, though the gauge still looks young',
    'stalled',
    [status({ lastReadAtMs: NOW - 61 * S, cursor: (NOW - 61 * S) * 1000 })],
  ],
  [
    'old and getting younger',
    'catching-up',
    [status(aged(900, NOW - 30 * S)), status(aged(600, NOW))],
  ],
  [
    'old, read all the time, and not getting younger',
    'stalled',
    [status(aged(600, NOW - 30 * S)), status(aged(600, NOW))],
  ],
  [
    'old and getting older while something is read',
    'stalled',
    [status(aged(600, NOW - 30 * S)), status(aged(630, NOW))],
  ],
  [
    'old, too early to see a trend',
    'catching-up',
    [status(aged(600, NOW - 5 * S)), status(aged(603, NOW))],
  ],
  ['the disk is full', 'stalled', [status({ pause })]],
];

for (const [name, expected, history, started = NOW - 3600 * S] of cases) {
  t.test(`${name}: ${expected}`, async (t) => {
    const { verdict } = judgeFreshness({
      nowMs: NOW,
      processStartedMs: started,
      history,
      thresholds: DEFAULT_THRESHOLDS,
    });
    t.equal(verdict, expected);
  });
}

t.test(
  'the report counts events a second over the last ten seconds',
  async (t) => {
    const history = new StatusHistory();
    for (let second = 0; second <= 60; second++) {
      const eventsTotal = second < 50 ? 0 : (second - 50) * 100;
      history.add(status({ atMs: NOW + second * S, eventsTotal }));
    }
    const report = healthReport(
      { ...IDENTITY, sample: true },
      history,
      NOW + 60 * S
    );
    t.equal(report.events_per_second, 100);
    t.equal(report.sample, true);
    t.match(report.message, /^SAMPLE DATA/);
  }
);

t.test('complete since is never before what is kept', async (t) => {
  const report = (changes: Partial<IndexStatus>) => {
    const history = new StatusHistory();
    history.add(status(changes));
    return healthReport(IDENTITY, history, NOW);
  };
  const isoDaysAgo = (days: number) =>
    new Date(NOW - days * 86_400_000).toISOString();
  const old = { completeSince: (NOW - 90 * 86_400_000) * 1000 };
  t.match(report(old), { complete_since: isoDaysAgo(90), retention: null });
  t.match(report({ ...old, retainDays: 30 }), {
    complete_since: isoDaysAgo(30),
    retention: { days: 30, since: isoDaysAgo(30) },
  });
  t.match(report({ ...old, retainDays: 100 }), {
    complete_since: isoDaysAgo(90),
  });
  const young = { completeSince: null, retainDays: 30 };
  t.equal(report(young).complete_since, null, 'nothing was read yet');
});

t.test('the disk is told with its floor and the days to it', async (t) => {
  const history = new StatusHistory();
  history.add(
    status({ freeBytes: 1000, minFreeBytes: 200, bytesPerDay: 100.4 })
  );
  t.same(healthReport(IDENTITY, history, NOW).disk, {
    free_bytes: 1000,
    min_free_bytes: 200,
    bytes_per_day: 100,
    days_to_full: 8,
  });
});

t.test('the history forgets what is older than two minutes', async (t) => {
  const history = new StatusHistory();
  for (let second = 0; second < 1000; second++) {
    history.add(status({ atMs: NOW + second * S }));
  }
  t.ok(history.entries.length <= 122);
  t.equal(history.latest?.atMs, NOW + 999 * S);
});
