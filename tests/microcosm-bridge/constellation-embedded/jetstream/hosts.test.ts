import t from 'tap';
import { startSimulator } from '../../../../microcosm-bridge/jetstream-simulator/index.js';
import type {
  Fault,
  Simulator,
} from '../../../../microcosm-bridge/jetstream-simulator/index.js';
import { bareServer } from './bare-server.js';
import { ManualClock } from './manual-clock.js';
import { Reading, eventLine, timesFrom, until } from './reading.js';

const S = 1_000_000;
const START = (Date.now() - 3_600_000) * 1000;

async function simulatorWith(
  t: { teardown(run: () => Promise<void>): void },
  times: readonly number[],
  fault: Fault = { fault: 'none' }
): Promise<Simulator> {
  const simulator = await startSimulator({ fault });
  t.teardown(() => simulator.close());
  simulator.push(times.map((time) => eventLine(time)));
  return simulator;
}

t.test('another host begins ten seconds earlier', async (t) => {
  const times = timesFrom(START, 600, 100_000);
  const ends = START + 30 * S;
  const first = await simulatorWith(
    t,
    times.filter((time) => time < ends)
  );
  const second = await simulatorWith(t, times);
  const reading = new Reading(t, {
    endpoints: [first.url, second.url],
    cursor: START,
    cursorEndpoint: first.url,
  });
  await until('first is read', () => reading.times.length === 300);
  await first.setFault({ fault: 'unreachable' });
  await until('all', () => reading.times.includes(times.at(-1) ?? 0));
  const changed = reading.batches.findIndex(
    ({ endpoint }) => endpoint === second.url
  );
  const before = reading.batches[changed - 1];
  const newest = ends - 100_000;
  t.equal(before?.cursor, newest);
  t.match(reading.logged('host-changed'), [
    { from: first.url, to: second.url, cursorUs: newest - 10 * S },
  ]);
  t.equal(reading.batches[changed]?.events[0]?.timeUs, newest - 10 * S);
  t.same([...new Set(reading.times)], times, 'nothing is missing');
});

t.test('a cursor from another host is rewound, its own is not', async (t) => {
  const simulator = await simulatorWith(t, timesFrom(START, 100, S));
  const cursor = START + 50 * S;
  for (const [cursorEndpoint, begin] of [
    [simulator.url, cursor],
    ['ws://other/subscribe', cursor - 10 * S],
    [null, cursor - 10 * S],
  ] as const) {
    const endpoints = [simulator.url];
    const reading = new Reading(t, { endpoints, cursor, cursorEndpoint });
    await until('read', () => reading.times.length > 0);
    t.equal(reading.cursors[0], begin);
    t.equal(reading.times[0], begin);
    await reading.stop();
  }
});

t.test('hosts that fail are tried in turn, for ever', async (t) => {
  const clock = new ManualClock();
  const refusing = await simulatorWith(t, [], { fault: 'refuse' });
  const gone = await simulatorWith(t, []);
  const endpoints = [refusing.url, gone.url];
  await gone.setFault({ fault: 'unreachable' });
  const reading = new Reading(t, {
    endpoints,
    clock,
    random: () => 1,
    backoffMinMs: 500,
    backoffMaxMs: 30_000,
  });
  const tries = () => reading.logged('disconnected');
  await until(
    'twelve tries',
    () => tries().length >= 12,
    () => {
      clock.advance(1000);
    }
  );
  t.same(
    tries()
      .slice(0, 12)
      .map(({ endpoint }) => endpoints.indexOf(endpoint)),
    [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
  );
  t.same(
    tries()
      .slice(0, 9)
      .map(({ retryInMs }) => retryInMs / 500),
    [0, 1, 2, 4, 8, 16, 32, 60, 60],
    'the first retry is at once, none is later than 30 s'
  );
  t.ok(reading.reasons.every((reason) => reason === 'unreachable'));
  t.match(reading.consumer.state(), {
    connected: false,
    lastError: /503|ECONNREFUSED/,
  });
  t.ok(reading.consumer.state().failures >= 12);

  await gone.setFault({ fault: 'none' });
  await until(
    'it is back',
    () => reading.consumer.state().connected,
    () => {
      clock.advance(1000);
    }
  );
  t.equal(reading.consumer.state().endpoint, gone.url);
});

t.test('after a healthy time the same host is tried first', async (t) => {
  const clock = new ManualClock();
  const first = await simulatorWith(t, []);
  const second = await simulatorWith(t, []);
  const endpoints = [first.url, second.url];
  const reading = new Reading(t, { endpoints, clock, healthyMs: 5000 });
  await until('connected', () => reading.cursors.length === 1);
  clock.advance(5000);
  await first.setFault({ fault: 'close', times: 1 });
  first.push([eventLine(clock.now() * 1000)]);
  await until('connected again', () => reading.cursors.length === 2);
  t.equal(reading.consumer.state().endpoint, first.url);
  t.match(reading.logged('disconnected'), [{ failures: 1, retryInMs: 0 }]);
});

t.test('a young connection counts as a failure', async (t) => {
  const server = await bareServer(t, (socket) => {
    socket.close(1011, 'no\u0007 luck');
  });
  const reading = new Reading(t, { endpoints: [server.url] });
  await until('four tries', () => reading.reasons.length >= 4);
  t.match(reading.logged('disconnected').slice(0, 4), [
    { failures: 1, message: 'the connection was closed (1011: no. luck)' },
    { failures: 2 },
    { failures: 3 },
    { failures: 4 },
  ]);
});

t.test('what the stream lost is told as a gap', async (t) => {
  const times = timesFrom(START, 100, S);
  const kept = START + 90 * S;
  const fault = { fault: 'retention', oldestTimeUs: kept } as const;
  const simulator = await simulatorWith(t, times, fault);
  const options = {
    endpoints: [simulator.url],
    cursorEndpoint: simulator.url,
  };
  const late = new Reading(t, { ...options, cursor: START });
  await until('read', () => late.times.length === 10);
  t.same(late.batches[0]?.gap, { fromUs: START, toUs: kept });
  t.equal(late.batches[0]?.events[0]?.timeUs, kept);
  t.match(late.logged('gap'), [{ gap: { fromUs: START, toUs: kept } }]);
  t.equal(late.consumer.state().gaps, 1);

  const inTime = new Reading(t, { ...options, cursor: kept - 50 * S });
  await until('read', () => inTime.times.length === 10);
  t.ok(inTime.batches.every(({ gap }) => gap === undefined));

  const fresh = new Reading(t, { endpoints: [simulator.url] });
  await until('connected', () => fresh.consumer.state().connected);
  simulator.push([eventLine(START + 5000 * S)]);
  await until('read', () => fresh.times.length === 1);
  t.equal(fresh.batches[0]?.gap, undefined);
});
