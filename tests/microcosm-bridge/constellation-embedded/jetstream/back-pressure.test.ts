import t from 'tap';
import { startSimulator } from '../../../../microcosm-bridge/jetstream-simulator/index.js';
import { bareServer } from './bare-server.js';
import { ManualClock } from './manual-clock.js';
import { Reading, eventLine, timesFrom, until } from './reading.js';

const START = (Date.now() - 3_600_000) * 1000;
const EVENTS = 12_000;
const EVENT_BYTES = 4000;

/** What the system buffers for a socket of its own accord, at most. */
const SYSTEM_BYTES = 16 * 1024 * 1024;

t.test('a reader that stops stops the stream', async (t) => {
  const clock = new ManualClock();
  const times = timesFrom(START, EVENTS);
  const simulator = await startSimulator();
  t.teardown(() => simulator.close());
  simulator.push(times.map((time) => eventLine(time, EVENT_BYTES)));
  const reading = new Reading(t, {
    endpoints: [simulator.url],
    cursor: START,
    cursorEndpoint: simulator.url,
    maxBatchEvents: 500,
    maxBatchBytes: 1024 * 1024,
    clock,
  });
  reading.held = true;
  const { consumer } = reading;
  await until('paused', () => consumer.state().paused);
  let sent = -1;
  await until('the server has stopped sending', () => {
    const before = sent;
    sent = simulator.stats.bytesSent;
    return before === sent;
  });
  const { waitingBytes, waitingEvents, bytes } = consumer.state();
  t.ok(waitingBytes <= 1024 * 1024 + 2 * 65_536, `${waitingBytes} bytes wait`);
  t.ok(waitingEvents <= 500);
  t.ok(bytes < 3 * 1024 * 1024, `${bytes} bytes were read`);
  t.ok(sent < SYSTEM_BYTES, `${sent} bytes were sent`);
  t.ok(sent < (EVENTS * EVENT_BYTES) / 2, 'most of the stream is still there');

  clock.advance(3_600_000);
  t.ok(consumer.state().paused, 'an hour later all is as it was');
  t.ok(consumer.state().connected, 'a pause is no silence');

  reading.held = false;
  await until(
    'all',
    () => reading.times.length >= EVENTS,
    () => {
      clock.advance(10);
    }
  );
  t.same(reading.times, times, 'in order, none missing, none twice');
  t.equal(consumer.state().reconnects, 0);
  t.equal(consumer.state().paused, false);
});

t.test('no connection is made while there is no room', async (t) => {
  let next = START;
  const server = await bareServer(t, (socket) => {
    // Ten events, and it hangs up: each connection brings some more.
    for (let i = 0; i < 10; i++) socket.send(eventLine(next++));
    socket.close(1001);
  });
  const reading = new Reading(t, {
    endpoints: [server.url],
    maxBatchEvents: 10,
    maxBatchDelayMs: 1000,
  });
  reading.held = true;
  await until(
    'a batch waits',
    () => reading.consumer.state().waitingEvents > 0
  );
  const before = server.cursors.length;
  const clockMs = performance.now() + 200;
  await until('some time', () => performance.now() > clockMs);
  t.ok(server.cursors.length <= before + 1, `${server.cursors.length} in all`);
  t.ok(reading.consumer.state().waitingEvents <= 20);
  reading.held = false;
  await until('it goes on', () => reading.times.length >= 100);
  t.same(reading.times.slice(0, 100), timesFrom(START, 100, 1));
});

t.test('a server that hangs up on a pause is connected to again', async (t) => {
  const times = timesFrom(START, 3000);
  const lines = times.map((time) => eventLine(time, EVENT_BYTES));
  const server = await bareServer(t, (socket, cursorUs) => {
    lines.forEach((line, i) => {
      if ((times[i] ?? 0) >= (cursorUs ?? 0)) socket.send(line);
    });
  });
  const reading = new Reading(t, {
    endpoints: [server.url],
    cursor: START,
    cursorEndpoint: server.url,
    maxBatchEvents: 100,
  });
  reading.held = true;
  await until('paused', () => reading.consumer.state().paused);
  server.sockets[0]?.terminate();
  reading.held = false;
  await until('all', () => reading.times.includes(times.at(-1) ?? 0));
  t.same([...new Set(reading.times)], times, 'in order, none missing');
  t.ok(reading.consumer.state().reconnects >= 1);
});
