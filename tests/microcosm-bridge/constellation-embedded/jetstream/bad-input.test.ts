import t from 'tap';
import { startSimulator } from '../../../../microcosm-bridge/jetstream-simulator/index.js';
import type { GarbageKind } from '../../../../microcosm-bridge/jetstream-simulator/index.js';
import { bareServer } from './bare-server.js';
import { Reading, eventLine, timesFrom, until } from './reading.js';

const S = 1_000_000;
const START = (Date.now() - 3_600_000) * 1000;
const TIMES = timesFrom(START, 300);
const LAST = TIMES.at(-1) ?? 0;
const LINES = TIMES.map((time) => eventLine(time));

const kinds: readonly (readonly [GarbageKind, malformed: number])[] = [
  ['invalid-json', 1],
  ['invalid-utf8', 1],
  ['binary-noise', 1],
  ['wrong-shape', 11],
];
for (const [garbage, malformed] of kinds) {
  t.test(`${garbage} is counted and passed over`, async (t) => {
    const simulator = await startSimulator({
      fault: { fault: 'garbage', garbage, afterEvents: 100, times: 1 },
    });
    t.teardown(() => simulator.close());
    simulator.push(LINES);
    const reading = new Reading(t, {
      endpoints: [simulator.url],
      cursor: START,
      cursorEndpoint: simulator.url,
    });
    await until('all', () => reading.times.includes(LAST));
    t.same(reading.times, TIMES);
    t.match(reading.consumer.state(), { malformed, reconnects: 0 });
    const told = reading.batches.reduce((sum, b) => sum + b.malformed, 0);
    t.equal(told, malformed);
    t.match(reading.logged('malformed'), [{ endpoint: simulator.url }]);
    t.equal(reading.logged('malformed').length, 1, 'the log is not flooded');
    t.match(reading.logged('malformed')[0]?.sample, /^[ -~]+$/);
  });
}

t.test('a record of 2 MB is an event like any other', async (t) => {
  const simulator = await startSimulator({
    fault: { fault: 'garbage', garbage: 'large-record', times: 1 },
  });
  t.teardown(() => simulator.close());
  simulator.push(LINES);
  const reading = new Reading(t, {
    endpoints: [simulator.url],
    cursor: START,
    cursorEndpoint: simulator.url,
  });
  await until('all', () => reading.times.includes(LAST));
  t.equal(reading.times.length, TIMES.length + 1);
  t.ok(reading.consumer.state().bytes > 2_000_000);
  t.match(reading.consumer.state(), { malformed: 0, reconnects: 0 });
});

t.test('a frame of 50 MB is not read, and comes to nothing', async (t) => {
  const simulator = await startSimulator({
    fault: {
      fault: 'garbage',
      garbage: 'huge-frame',
      afterEvents: 100,
      times: 1,
    },
  });
  t.teardown(() => simulator.close());
  simulator.push(LINES);
  const reading = new Reading(t, {
    endpoints: [simulator.url],
    cursor: START,
    cursorEndpoint: simulator.url,
  });
  await until('all', () => reading.times.includes(LAST));
  t.same([...new Set(reading.times)], TIMES, 'nothing is skipped for one');
  t.match(reading.consumer.state(), { oversized: 1, skips: 0, reconnects: 1 });
  t.ok(reading.consumer.state().bytes < 1_000_000);
  t.match(reading.logged('oversized'), [{ afterUs: TIMES[99], skippedUs: 0 }]);
});

t.test('a frame that is too large each time is got past', async (t) => {
  const POISON = START + 100_000;
  const AFTER = POISON + 150_000;
  const times = TIMES.filter((time) => time < POISON || time > AFTER);
  const server = await bareServer(t, (socket, cursorUs) => {
    for (const time of TIMES) {
      if (time < (cursorUs ?? 0)) continue;
      if (time === POISON) socket.send(eventLine(time, 20_000));
      else if (times.includes(time)) socket.send(eventLine(time));
    }
  });
  const reading = new Reading(t, {
    endpoints: [server.url],
    cursor: START,
    cursorEndpoint: server.url,
    maxMessageBytes: 10_000,
  });
  await until('all', () => reading.times.includes(LAST));
  t.same([...new Set(reading.times)], times, 'only that one is missing');
  const before = POISON - 1000;
  t.same(reading.cursors, [START, before, before + 1000, before + 4000]);
  t.match(reading.consumer.state(), { oversized: 3, skips: 2 });
  t.same(reading.reasons, ['oversized', 'oversized', 'oversized']);
  t.same(
    reading.logged('oversized').map(({ skippedUs }) => skippedUs),
    [0, 1000, 4000]
  );
});

t.test('another host has a way around it', async (t) => {
  const poisoned = await bareServer(t, (socket) => {
    socket.send(eventLine(START, 20_000));
  });
  const healthy = await startSimulator();
  t.teardown(() => healthy.close());
  healthy.push(LINES);
  const reading = new Reading(t, {
    endpoints: [poisoned.url, healthy.url],
    cursor: START,
    cursorEndpoint: poisoned.url,
    maxMessageBytes: 10_000,
  });
  await until('all', () => reading.times.includes(LAST));
  t.same(reading.times, TIMES);
  t.match(reading.consumer.state(), { oversized: 1, skips: 0 });
});

t.test('a frame that breaks the protocol ends a connection only', async (t) => {
  let broken = true;
  const server = await bareServer(t, (socket, _cursorUs, raw) => {
    for (const line of LINES) socket.send(line);
    // Reserved bits and an opcode that there is not.
    if (broken) raw.write(Buffer.from([0x7b, 1, 0]));
    broken = false;
  });
  const reading = new Reading(t, {
    endpoints: [server.url],
    cursor: START,
    cursorEndpoint: server.url,
  });
  await until('connected again', () => reading.cursors.length === 2);
  await until('all', () => reading.times.length === 2 * TIMES.length);
  t.same(reading.reasons, ['protocol']);
  t.equal(reading.cursors[1], LAST);
});

t.test('a jump back is delivered and does not move the cursor', async (t) => {
  const simulator = await startSimulator({
    fault: { fault: 'jump-back', events: 50, afterEvents: 100, times: 1 },
  });
  t.teardown(() => simulator.close());
  simulator.push(LINES);
  const reading = new Reading(t, {
    endpoints: [simulator.url],
    cursor: START,
    cursorEndpoint: simulator.url,
    maxBatchEvents: 60,
  });
  await until('all', () => reading.times.includes(LAST));
  t.equal(reading.times.length, TIMES.length + 50);
  const cursors = reading.batches.map(({ cursor }) => cursor);
  t.same(
    cursors,
    cursors.toSorted((a, b) => a - b)
  );
});

t.test('an event from the future does not poison the cursor', async (t) => {
  const future = (Date.now() + 86_400_000) * 1000;
  const server = await bareServer(t, (socket) => {
    socket.send(eventLine(START + S));
    socket.send(eventLine(future));
    socket.send(eventLine(Number.MAX_SAFE_INTEGER));
    socket.send(eventLine(START + 2 * S));
    setTimeout(() => {
      socket.close();
    }, 200);
  });
  const reading = new Reading(t, {
    endpoints: [server.url],
    cursor: START,
    cursorEndpoint: server.url,
    healthyMs: 100,
  });
  await until('twice', () => reading.times.length === 8);
  t.same(reading.times.slice(0, 4), [
    START + S,
    future,
    Number.MAX_SAFE_INTEGER,
    START + 2 * S,
  ]);
  t.ok(reading.batches.every(({ cursor }) => cursor <= START + 2 * S));
  t.same(server.cursors.slice(0, 2), [START, START + 2 * S]);
  t.match(reading.consumer.state(), { newestTimeUs: START + 2 * S });
  t.match(reading.logged('future'), [{ count: 1, timeUs: future }]);
  t.ok(reading.consumer.state().future >= 4);
});

t.test('a stored cursor from the future is taken for now', async (t) => {
  const server = await bareServer(t, () => undefined);
  const reading = new Reading(t, {
    endpoints: [server.url],
    cursor: (Date.now() + 86_400_000) * 1000,
    cursorEndpoint: server.url,
  });
  await until('connected', () => reading.consumer.state().connected);
  t.ok((server.cursors[0] ?? 0) <= Date.now() * 1000);
});
