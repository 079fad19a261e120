import t from 'tap';
import { openSocket } from '../../../../microcosm-bridge/constellation-embedded/jetstream/socket.js';
import { startSimulator } from '../../../../microcosm-bridge/jetstream-simulator/index.js';
import { bareServer } from './bare-server.js';
import { ManualClock } from './manual-clock.js';
import { Reading, eventLine, until } from './reading.js';

const SILENT_MS = 15_000;

t.test('a stream that falls silent is left for the next', async (t) => {
  const clock = new ManualClock();
  const silent = await startSimulator();
  const other = await startSimulator();
  t.teardown(() => Promise.all([silent.close(), other.close()]));
  const reading = new Reading(t, {
    endpoints: [silent.url, other.url],
    silentMs: SILENT_MS,
    clock,
  });
  const { consumer } = reading;
  await until('connected', () => consumer.state().connected);
  clock.advance(SILENT_MS - 1000);
  silent.push([eventLine(clock.now() * 1000)]);
  await until('read', () => consumer.state().events === 1);
  await silent.setFault({ fault: 'silent' });
  silent.push([eventLine(clock.now() * 1000 + 1)]);
  clock.advance(SILENT_MS - 2000);
  t.ok(consumer.state().connected, 'an event begins the time anew');
  clock.advance(3000);
  await until('the other', () => consumer.state().endpoint === other.url);
  await until('connected', () => consumer.state().connected);
  t.same(reading.reasons, ['silent']);
  t.equal(consumer.state().silences, 1);
  other.push([eventLine(clock.now() * 1000 + 2)]);
  await until('it goes on', () => consumer.state().events === 2);
  t.equal(consumer.state().lastError, null, 'the trouble is over');
});

t.test('the message says whether the server is still there', async (t) => {
  for (const [autoPong, message] of [
    [true, 'no event for 15 s; the server answers pings'],
    [false, 'no event for 15 s; the server does not answer pings'],
  ] as const) {
    const clock = new ManualClock();
    let pings = 0;
    let pongs = 0;
    const server = await bareServer(
      t,
      (socket) => socket.on('ping', () => pings++),
      { autoPong }
    );
    const reading = new Reading(t, {
      endpoints: [server.url],
      silentMs: SILENT_MS,
      clock,
      openSocket: (url, limits) =>
        openSocket(url, limits).on('pong', () => pongs++),
    });
    await until('connected', () => reading.consumer.state().connected);
    clock.advance(SILENT_MS / 2);
    await until('pinged', () => pings === 1);
    if (autoPong) await until('answered', () => pongs === 1);
    clock.advance(SILENT_MS / 2);
    await until('given up', () => reading.reasons.length > 0);
    t.equal(reading.logged('disconnected')[0]?.message, message);
    await reading.stop();
  }
});

t.test('a stream of garbage only is as good as silent', async (t) => {
  const clock = new ManualClock();
  const garbage = await bareServer(t, (socket) => {
    for (let i = 0; i < 50; i++) socket.send('what?');
  });
  const reading = new Reading(t, {
    endpoints: [garbage.url],
    silentMs: SILENT_MS,
    clock,
  });
  const { consumer } = reading;
  await until('received', () => consumer.state().malformed === 50);
  clock.advance(SILENT_MS);
  await until('given up', () => reading.reasons.length > 0);
  t.match(reading.logged('disconnected')[0], {
    reason: 'garbage',
    message: '50 frames in 15 s and no event among them',
  });
  t.match(consumer.state().lastError, /no event among them/);
});

t.test(
  'a store that blocks the thread does not look like silence',
  async (t) => {
    const clock = new ManualClock();
    const simulator = await startSimulator();
    t.teardown(() => simulator.close());
    const reading = new Reading(t, {
      endpoints: [simulator.url],
      silentMs: SILENT_MS,
      clock,
    });
    const { consumer } = reading;
    await until('connected', () => consumer.state().connected);
    for (let i = 1; i <= 20; i++) {
      clock.block(600_000);
      simulator.push([eventLine(clock.now() * 1000)]);
      await until('read', () => consumer.state().events === i);
    }
    t.equal(consumer.state().reconnects, 0);
    t.ok(consumer.state().connected);
  }
);
