import t from 'tap';
import { JetstreamConsumer } from '../../../../microcosm-bridge/constellation-embedded/jetstream/index.js';
import {
  generateEvents,
  startSimulator,
} from '../../../../microcosm-bridge/jetstream-simulator/index.js';
import { Reading, eventLine, timesFrom, until } from './reading.js';

const NOW = Date.now() * 1000;
const S = 1_000_000;

function timeOf(line: string): number {
  return Number(/"time_us":(\d+)/.exec(line)?.[1]);
}

t.test('every event arrives, in order and in bounded batches', async (t) => {
  const lines = [...generateEvents({ events: 3000 })];
  const times = lines.map(timeOf);
  const simulator = await startSimulator();
  t.teardown(() => simulator.close());
  simulator.push(lines);
  const reading = new Reading(t, {
    endpoints: [simulator.url],
    cursor: times[0] ?? 0,
    cursorEndpoint: simulator.url,
    maxBatchEvents: 500,
  });
  await until('all are read', () => reading.times.length >= lines.length);
  t.same(reading.times, times);
  for (const { events, cursor, endpoint, bytes, gap } of reading.batches) {
    t.ok(events.length <= 500);
    t.equal(cursor, events.at(-1)?.timeUs);
    t.equal(endpoint, simulator.url);
    t.ok(bytes > events.length * 100);
    t.equal(gap, undefined);
  }
  const state = reading.consumer.state();
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
  t.match(state, {
    connected: true,
    endpoint: simulator.url,
    frames: 3000,
    events: 3000,
    bytes,
    malformed: 0,
    reconnects: 0,
    newestTimeUs: times.at(-1),
    lastError: null,
    waitingEvents: 0,
  });
  t.ok(Math.abs((state.lastFrameAtMs ?? 0) - Date.now()) < 60_000);
});

t.test('without a cursor it begins with what happens next', async (t) => {
  const simulator = await startSimulator();
  t.teardown(() => simulator.close());
  simulator.push([eventLine(NOW - S)]);
  const reading = new Reading(t, { endpoints: [simulator.url] });
  await until('connected', () => reading.consumer.state().connected);
  simulator.push([eventLine(NOW)]);
  await until('read', () => reading.times.length > 0);
  t.same(reading.times, [NOW]);
  t.notMatch(simulator.stats.requests[0], /cursor=/);
  t.match(simulator.stats.requests[0], /maxMessageSizeBytes=8388608/);
});

t.test('a few live events are handed out soon', async (t) => {
  const simulator = await startSimulator();
  t.teardown(() => simulator.close());
  const reading = new Reading(t, {
    endpoints: [simulator.url],
    maxBatchDelayMs: 60_000,
    liveBatchDelayMs: 20,
  });
  await until('connected', () => reading.consumer.state().connected);
  simulator.push([eventLine(Date.now() * 1000)]);
  await until('read', () => reading.times.length === 1);
});

t.test('a closed stream goes on where it was, and loses nothing', async (t) => {
  const times = timesFrom(NOW - 3600 * S, 1000);
  const simulator = await startSimulator({
    fault: { fault: 'close', afterEvents: 150, times: 5 },
  });
  t.teardown(() => simulator.close());
  simulator.push(times.map((time) => eventLine(time)));
  const reading = new Reading(t, {
    endpoints: [simulator.url],
    cursor: times[0] ?? 0,
    cursorEndpoint: simulator.url,
  });
  await until('the last is read', () =>
    reading.times.includes(times.at(-1) ?? 0)
  );
  t.same([...new Set(reading.times)], times, 'in order, none missing');
  t.equal(
    reading.times.length,
    times.length + 5,
    'the one at each cursor twice'
  );
  t.same(reading.cursors.length, 6);
  t.equal(reading.consumer.state().reconnects, 5);
  t.ok(reading.reasons.every((reason) => reason === 'closed'));
  t.match(reading.logged('disconnected')[0], { message: /1001/, retryInMs: 0 });
});

t.test('leaving and coming back goes on behind the last batch', async (t) => {
  const times = timesFrom(NOW - 3600 * S, 1000);
  const simulator = await startSimulator();
  t.teardown(() => simulator.close());
  simulator.push(times.map((time) => eventLine(time)));
  const consumer = new JetstreamConsumer({
    endpoints: [simulator.url],
    cursor: times[0] ?? 0,
    cursorEndpoint: simulator.url,
    maxBatchEvents: 100,
    maxBatchDelayMs: 50,
  });
  const read: number[] = [];
  const signal = new AbortController().signal;
  let batches = 0;
  for await (const { events } of consumer.batches(signal)) {
    // The third one is not dealt with: it has to come again.
    if (++batches === 3) break;
    read.push(...events.map(({ timeUs }) => timeUs));
  }
  await until('the socket is closed', () => simulator.clients.length === 0);
  for await (const { events } of consumer.batches(signal)) {
    read.push(...events.map(({ timeUs }) => timeUs));
    if (read.includes(times.at(-1) ?? 0)) break;
  }
  t.same([...new Set(read)], times);
  t.match(simulator.stats.requests[1], `cursor=${times[199]}`);
});

t.test('an abort ends it at once, in whatever it is doing', async (t) => {
  const simulator = await startSimulator();
  t.teardown(() => simulator.close());
  const quiet = new Reading(t, { endpoints: [simulator.url] });
  const refused = new Reading(t, {
    endpoints: ['ws://127.0.0.1:9'],
    backoffMinMs: 1_000_000,
    backoffMaxMs: 1_000_000,
    random: () => 1,
  });
  await until('connected', () => quiet.consumer.state().connected);
  await until('waiting', () => refused.reasons.length === 2);
  await Promise.all([quiet.stop(), refused.stop()]);
  t.equal(quiet.consumer.state().connected, false);
  await until('the socket is closed', () => simulator.clients.length === 0);
  const aborted = quiet.consumer.batches(AbortSignal.abort());
  t.same(await aborted.next(), { done: true, value: undefined });
});

t.test('two readers at once are refused', async (t) => {
  const simulator = await startSimulator();
  t.teardown(() => simulator.close());
  const { consumer } = new Reading(t, { endpoints: [simulator.url] });
  await until('connected', () => consumer.state().connected);
  const second = consumer.batches(new AbortController().signal);
  await t.rejects(second.next(), { code: 'already-running' });
});

t.test('a v2 host is warned of', async (t) => {
  const simulator = await startSimulator();
  t.teardown(() => simulator.close());
  const endpoint = 'wss://jetstream.us-west.bsky.network/subscribe';
  const reading = new Reading(t, { endpoints: [simulator.url, endpoint] });
  await until('connected', () => reading.consumer.state().connected);
  t.match(reading.logged('endpoint-warning'), [{ endpoint }]);
});

t.test('a defect in reading is not swallowed', async (t) => {
  const consumer = new JetstreamConsumer({
    endpoints: ['ws://127.0.0.1:9'],
    openSocket: () => {
      throw new Error('a defect');
    },
  });
  const batches = consumer.batches(new AbortController().signal);
  await t.rejects(batches.next(), { message: 'a defect' });
});
