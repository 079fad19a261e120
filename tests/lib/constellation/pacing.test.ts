import t from 'tap';
import { CircuitBreaker } from '../../../lib/constellation/circuit-breaker.js';
import { Ending } from '../../../lib/constellation/ending.js';
import { Gate } from '../../../lib/constellation/gate.js';
import { LatencyHistogram } from '../../../lib/constellation/latency-histogram.js';
import { parseRetryAfter } from '../../../lib/constellation/retry-after.js';
import { retryDelayMs } from '../../../lib/constellation/retry-delay.js';
import { TokenBucket } from '../../../lib/constellation/token-bucket.js';
import { ManualClock } from '../../fixtures/client/manual-clock.js';

const BREAKER = {
  failuresInRow: 3,
  windowSize: 10,
  failureShare: 0.5,
  openMs: 1_000,
  longestOpenMs: 3_000,
};

/** Makes one request that ends at once; whether it was let through. */
function request(
  breaker: CircuitBreaker,
  outcome: 'success' | 'failure' | 'unknown',
  nowMs: number
): boolean {
  const permit = breaker.acquire(nowMs);
  if (permit !== null) breaker.report(permit, outcome, nowMs);
  return permit !== null;
}

t.test('a breaker opens, tries once and closes again', async (t) => {
  const breaker = new CircuitBreaker(BREAKER);
  request(breaker, 'failure', 0);
  request(breaker, 'failure', 0);
  t.equal(breaker.state(0), 'closed', 'two failures are not enough');
  request(breaker, 'failure', 0);
  t.equal(breaker.state(0), 'open');
  t.equal(breaker.retryInMs(400), 600);
  t.notOk(breaker.allows(999));
  t.ok(breaker.allows(1_000));
  const trial = breaker.acquire(1_000);
  t.equal(breaker.state(1_000), 'half-open');
  t.equal(breaker.acquire(1_000), null, 'one trial at a time');
  if (trial !== null) breaker.report(trial, 'failure', 1_000);
  t.equal(breaker.retryInMs(1_000), 2_000, 'twice as long');
  request(breaker, 'failure', 3_000);
  t.equal(breaker.retryInMs(3_000), 3_000, 'but no longer than the longest');
  t.ok(request(breaker, 'success', 6_000));
  t.equal(breaker.state(6_000), 'closed');
  for (let count = 0; count < 3; count += 1) request(breaker, 'failure', 7_000);
  t.equal(breaker.retryInMs(7_000), 1_000, 'and it begins anew');
  t.equal(breaker.opens, 4);
});

t.test(
  'a breaker judges by shares, and not by what says nothing',
  async (t) => {
    const flaky = new CircuitBreaker(BREAKER);
    for (let count = 0; count < 5; count += 1) {
      request(flaky, 'success', 0);
      request(flaky, 'failure', 0);
    }
    t.equal(flaky.state(0), 'open', 'half of ten failed');
    const unknown = new CircuitBreaker(BREAKER);
    for (let count = 0; count < 20; count += 1) request(unknown, 'unknown', 0);
    t.equal(unknown.state(0), 'closed');
    const late = new CircuitBreaker(BREAKER);
    const before = late.acquire(0);
    for (let count = 0; count < 3; count += 1) request(late, 'failure', 0);
    if (before !== null) late.report(before, 'success', 500);
    t.equal(late.state(500), 'open', 'a request from before does not close it');
    request(late, 'unknown', 1_000);
    t.ok(late.allows(1_000), 'a trial that says nothing gives its place back');
  }
);

t.test(
  'a token bucket lets a page leave at once and keeps to its rate',
  async (t) => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 5 }, 0);
    for (let count = 0; count < 5; count += 1) t.ok(bucket.take(0));
    t.notOk(bucket.take(0));
    t.equal(bucket.delayMs(0), 100);
    t.notOk(bucket.take(99));
    t.ok(bucket.take(100));
    t.equal(bucket.delayMs(60_000), 0);
    for (let count = 0; count < 5; count += 1) t.ok(bucket.take(60_000));
    t.notOk(
      bucket.take(60_000),
      'a long pause saves up no more than the burst'
    );
    t.notOk(bucket.take(10_000), 'a clock that goes back gives none');
    t.equal(bucket.delayMs(60_050), 50);
    const full = new TokenBucket({ perSecond: 10, burst: 5 }, 0);
    full.drain(0);
    t.ok(full.take(0));
    t.equal(full.delayMs(0), 100, 'drained to one');
  }
);

t.test('Retry-After is read in both forms', async (t) => {
  const nowMs = Date.UTC(2026, 4, 1, 12);
  for (const [header, expected] of [
    ['0', 0],
    ['5', 5_000],
    [' 7 ', 7_000],
    ['999999999', 900_000],
    ['Fri, 01 May 2026 12:00:30 GMT', 30_000],
    ['Fri, 01 May 2026 11:00:00 GMT', 0],
    ['Fri, 01 May 2099 11:00:00 GMT', 900_000],
    [undefined, null],
    ['', null],
    ['-5', null],
    ['1.5', null],
    ['1e3', null],
    ['2026-05-01', null],
    ['soon', null],
  ] as const) {
    t.equal(parseRetryAfter(header, nowMs), expected, String(header));
  }
});

t.test('retries are for what passes, and within the time', async (t) => {
  const base = {
    tries: 1,
    retries: 3,
    code: 'UNREACHABLE',
    status: undefined,
    retryAfterMs: undefined,
    retryDelayMs: 100,
    remainingMs: 60_000,
    random: 1,
  } as const;
  for (const [what, change, expected] of [
    ['the first', {}, 100],
    ['the second, twice as long', { tries: 2 }, 200],
    ['the third', { tries: 3 }, 400],
    ['none left', { tries: 4 }, null],
    ['jitter takes up to half', { random: 0 }, 50],
    ['never longer than ten seconds', { retryDelayMs: 60_000 }, 10_000],
    [
      'as long as was asked for',
      { code: 'RATE_LIMITED', status: 429, retryAfterMs: 700 },
      700,
    ],
    [
      'longer than there is time',
      { code: 'RATE_LIMITED', retryAfterMs: 700, remainingMs: 700 },
      null,
    ],
    ['500', { code: 'HTTP_STATUS', status: 500 }, 100],
    ['403', { code: 'HTTP_STATUS', status: 403 }, null],
    ['a lost connection', { code: 'CONNECTION_LOST' }, 100],
    ['a slow try', { code: 'TRY_TIMEOUT' }, 100],
    ['a question at fault', { code: 'REJECTED', status: 400 }, null],
    ['a redirect', { code: 'REDIRECTED', status: 302 }, null],
    ['HTML', { code: 'BAD_BODY' }, null],
    ['another shape', { code: 'BAD_SHAPE' }, null],
    ['too large', { code: 'BODY_TOO_LARGE' }, null],
    ['no retries', { retries: 0 }, null],
  ] as const) {
    t.equal(retryDelayMs({ ...base, ...change }), expected, what);
  }
});

t.test(
  'the gate bounds, paces, and lets the wanted through first',
  async (t) => {
    const clock = new ManualClock();
    const gate = new Gate(
      { concurrency: 2, rate: { perSecond: 10, burst: 3 }, waitingLimit: 4 },
      clock
    );
    const ending = new Ending();
    const entered: string[] = [];
    const enter = async (name: string, wanted: boolean): Promise<void> => {
      await gate.enter({ waiting: wanted ? 1 : 0 }, ending);
      entered.push(name);
    };
    await enter('a', true);
    await enter('b', true);
    void enter('behind', false);
    void enter('wanted', true);
    await clock.advance(0);
    t.strictSame(entered, ['a', 'b'], 'two at a time');
    gate.leave();
    await clock.advance(0);
    t.strictSame(entered, ['a', 'b', 'wanted']);
    gate.leave();
    await clock.advance(0);
    t.equal(gate.waiting, 1, 'the burst is spent');
    await clock.advance(100);
    t.strictSame(entered, ['a', 'b', 'wanted', 'behind']);
    gate.leave();
    gate.leave();

    gate.pause(5_000);
    void enter('patient', true);
    await clock.advance(4_999);
    t.notMatch(entered, ['patient'], 'nobody enters while it is paused');
    t.equal(gate.pausedMs, 1);
    await clock.advance(1);
    t.equal(entered.at(-1), 'patient');
    t.equal(clock.timers, 0);

    gate.pause(60_000);
    const given = new Ending();
    const gone = gate.enter({ waiting: 1 }, given);
    given.end(new Error('gave up'));
    await t.rejects(Promise.resolve(gone), { message: 'gave up' });
    const waiting = [1, 2, 3, 4].map(() => gate.enter({ waiting: 1 }, ending));
    t.throws(() => gate.enter({ waiting: 1 }, ending), { code: 'OVERLOADED' });
    gate.refuseAll(new Error('refused'));
    for (const refused of waiting)
      await t.rejects(Promise.resolve(refused), { message: 'refused' });
    t.equal(gate.waiting, 0);
  }
);

t.test('the histogram is right to a bucket', async (t) => {
  const histogram = new LatencyHistogram();
  t.match(histogram.summary(), { count: 0, p50Ms: null, maxMs: null });
  for (let ms = 1; ms <= 100; ms += 1) histogram.record(ms);
  histogram.record(90_000);
  t.match(histogram.summary(), {
    count: 101,
    sumMs: 95_050,
    p50Ms: 75,
    p90Ms: 100,
    p99Ms: 100,
    maxMs: 90_000,
  });
});
