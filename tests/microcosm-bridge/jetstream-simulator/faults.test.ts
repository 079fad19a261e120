import { decompress } from 'fzstd';
import t, { type Test } from 'tap';
import {
  generateEvents,
  startSimulator,
  type Fault,
  type SimulatorOptions,
} from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { eventually, refusal, StreamClient } from './stream-client.js';

const lines = [...generateEvents({ events: 1000 })];
const timeOf = (line: string | undefined) =>
  (JSON.parse(line ?? 'null') as { time_us: number }).time_us;

async function start(t: Test, fault?: Fault) {
  const options: SimulatorOptions = fault === undefined ? {} : { fault };
  const simulator = await startSimulator(options);
  t.teardown(() => simulator.close());
  simulator.push(lines);
  return { simulator, replay: `${simulator.url}?cursor=0` };
}

/** What a client gets that connects while something is wrong. */
async function received(t: Test, fault: Fault, frames: number) {
  const { simulator, replay } = await start(t, fault);
  const client = await StreamClient.open(t, replay);
  await client.received(frames);
  return { simulator, replay, client };
}

const isConnectionRefused = (url: string) =>
  fetch(url.replace('ws:', 'http:')).then(
    () => false,
    (error: unknown) =>
      error instanceof Error && /ECONNREFUSED/.test(String(error.cause))
  );

t.test('refuse: connections are cut, new ones get a 503', async (t) => {
  const { simulator, replay } = await start(t);
  const client = await StreamClient.open(t, replay);
  await simulator.setFault({ fault: 'refuse' });
  t.equal(await client.closed(), 1006);
  t.equal(await refusal(t, replay), 503);
  t.equal((await fetch(`http://127.0.0.1:${simulator.port}/`)).status, 503);
  t.equal(simulator.stats.refused, 1);
  await simulator.setFault({ fault: 'none' });
  await (await StreamClient.open(t, replay)).received(1000);
});

t.test('unreachable: nothing listens until it recovers', async (t) => {
  const { simulator, replay } = await start(t);
  const client = await StreamClient.open(t, replay);
  await simulator.setFault({ fault: 'unreachable' });
  t.equal(await client.closed(), 1006);
  t.ok(await isConnectionRefused(replay));
  await simulator.setFault({ fault: 'none' });
  await (await StreamClient.open(t, replay)).received(1000);
});

t.test('a fault can end by itself after a while', async (t) => {
  const { simulator, replay } = await start(t);
  await simulator.setFault({ fault: 'unreachable', forMs: 50 });
  t.ok(await isConnectionRefused(replay));
  await eventually(
    async () => !(await isConnectionRefused(replay)),
    () => 'the simulator to listen again'
  );
  t.same(simulator.fault, { fault: 'none' });
});

t.test('silent: the connection stays open and nothing comes', async (t) => {
  const { simulator, replay } = await start(t, { fault: 'silent' });
  const client = await StreamClient.open(t, replay);
  const ponged = new Promise((resolve) => client.webSocket.on('pong', resolve));
  client.webSocket.ping();
  await ponged;
  t.equal(client.texts.length, 0);
  await simulator.setFault({ fault: 'none' });
  t.ok((await client.received(1000)).join() === lines.join(), 'then all of it');
  await simulator.setFault({ fault: 'silent' });
  simulator.push(lines.slice(0, 1));
  t.equal(client.closeCode, undefined);
  await simulator.setFault({ fault: 'none' });
  await client.received(1001);
});

t.test('close: after exactly so many events', async (t) => {
  const fault: Fault = { fault: 'close', afterEvents: 70, closeCode: 4321 };
  const { client, replay } = await received(t, fault, 70);
  t.equal(await client.closed(), 4321);
  t.same(client.texts, lines.slice(0, 70));
  const again = await StreamClient.open(t, replay);
  t.equal(await again.closed(), 4321, 'every connection');
  t.equal(again.texts.length, 70);
});

t.test('close: counts what passes the filter', async (t) => {
  const { replay } = await start(t, { fault: 'close', afterEvents: 3 });
  const query = '&wantedCollections=app.bsky.graph.follow';
  const client = await StreamClient.open(t, replay + query);
  t.equal(await client.closed(), 1001);
  t.equal(client.texts.length, 3);
});

t.test('close: so many times over all, then all is well', async (t) => {
  const { simulator, replay } = await start(t);
  await simulator.setFault({
    fault: 'close',
    afterEvents: 10,
    times: 2,
    abrupt: true,
  });
  for (let i = 0; i < 2; i++) {
    const client = await StreamClient.open(t, replay);
    t.equal(await client.closed(), 1006, 'without a closing handshake');
  }
  await (await StreamClient.open(t, replay)).received(1000);
  t.same(simulator.fault, { fault: 'none' });
  t.equal(simulator.stats.faultsStruck, 2);
});

t.test('close: strikes those already connected', async (t) => {
  const { simulator, replay } = await start(t);
  const client = await StreamClient.open(t, replay);
  await client.received(1000);
  await simulator.setFault({ fault: 'close' });
  t.equal(await client.closed(), 1001);
});

t.test('garbage: what is no JSON, and what is JSON of no event', async (t) => {
  const broken = await received(
    t,
    { fault: 'garbage', garbage: 'invalid-json', afterEvents: 5 },
    1001
  );
  const [garbage = ''] = broken.client.texts.splice(5, 1);
  t.throws(() => JSON.parse(garbage) as unknown);
  t.ok(broken.client.texts.join() === lines.join(), 'the events are all there');
  const shapes = await received(
    t,
    { fault: 'garbage', garbage: 'wrong-shape', times: 1 },
    1005
  );
  const extra = shapes.client.texts.filter((text) => !lines.includes(text));
  t.ok(extra.length >= 5, 'several shapes');
  t.ok(extra.includes('null') && extra.includes('[]'));
  for (const text of extra) t.doesNotThrow(() => JSON.parse(text) as unknown);
});

t.test('garbage: again and again', async (t) => {
  const { client } = await received(
    t,
    { fault: 'garbage', garbage: 'binary-noise', everyEvents: 100 },
    1011
  );
  t.equal(client.binaries.length, 11, 'at first and after every 100 events');
  t.throws(() => decompress(client.binaries[0] ?? Buffer.alloc(0)));
  t.equal(client.texts.length, 1000);
});

t.test('garbage: an event with a huge record', async (t) => {
  const { client } = await received(
    t,
    { fault: 'garbage', garbage: 'large-record', afterEvents: 500, times: 1 },
    1001
  );
  const large = client.texts[500] ?? '';
  t.ok(large.length > 2_000_000 && large.length < 2_001_000, 'of 2 MB');
  t.equal(timeOf(large), timeOf(lines[499]), 'in its place in time');
});

t.test('garbage: compressed for those who asked for it', async (t) => {
  const { replay } = await start(t, {
    fault: 'garbage',
    garbage: 'large-record',
    sizeBytes: 300_000,
    afterEvents: 1000,
  });
  const client = await StreamClient.open(t, `${replay}&compress=true`);
  await client.received(1001);
  const event = Buffer.from(decompress(client.binaries[1000] ?? Buffer.of()));
  t.equal(timeOf(event.toString()), timeOf(lines[999]));
});

t.test('garbage: a frame of 50 MB', async (t) => {
  const { client } = await received(
    t,
    { fault: 'garbage', garbage: 'huge-frame', times: 1 },
    1
  );
  t.ok((client.texts[0]?.length ?? 0) > 50_000_000);
  t.equal(timeOf(client.texts[0]), timeOf(lines[0]), 'in its place in time');
});

t.test('garbage: text that is no UTF-8', async (t) => {
  const { replay } = await start(t, {
    fault: 'garbage',
    garbage: 'invalid-utf8',
    afterEvents: 10,
  });
  const client = await StreamClient.open(t, replay);
  t.equal(await client.closed(), 1006);
  t.equal(client.texts.length, 10, 'a WebSocket gives up on it');
});

t.test('jump back: events come once more, in order', async (t) => {
  const { client } = await received(
    t,
    { fault: 'jump-back', events: 300, afterEvents: 700 },
    1300
  );
  const expected = [...lines.slice(0, 700), ...lines.slice(400)];
  t.ok(client.texts.join() === expected.join());
});

t.test('jump back: again and again, and getting on', async (t) => {
  const { client } = await received(
    t,
    { fault: 'jump-back', events: 10, afterEvents: 500, everyEvents: 100 },
    1050
  );
  t.equal(new Set(client.texts).size, 1000);
  t.equal(client.texts[500], lines[490]);
  t.equal(client.texts[600], lines[580]);
});

t.test('jump back: at once for those already connected', async (t) => {
  const { simulator, replay } = await start(t);
  const client = await StreamClient.open(t, replay);
  await client.received(1000);
  await simulator.setFault({ fault: 'jump-back', times: 1 });
  const got = await client.received(1100);
  t.same(got.slice(1000), lines.slice(900));
});

t.test('retention: an old cursor begins at what is kept', async (t) => {
  const oldestTimeUs = timeOf(lines[900]);
  const { simulator, replay } = await start(t, {
    fault: 'retention',
    oldestTimeUs,
  });
  const client = await StreamClient.open(t, replay);
  t.same(await client.received(100), lines.slice(900));
  const young = `${simulator.url}?cursor=${timeOf(lines[950])}`;
  const other = await StreamClient.open(t, young);
  t.same(await other.received(50), lines.slice(950));
});

t.test('a fault that is none is refused', async (t) => {
  const { simulator } = await start(t);
  const wrong = { fault: 'explode' } as unknown as Fault;
  await t.rejects(simulator.setFault(wrong), { code: 'bad-fault' });
  t.same(simulator.fault, { fault: 'none' });
});

t.test('the control endpoint does the same over HTTP', async (t) => {
  const { simulator, replay } = await start(t);
  const url = `http://127.0.0.1:${simulator.port}/_control`;
  const post = (body: string, type = 'application/json') =>
    fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
  const client = await StreamClient.open(t, replay);
  await client.received(1000);

  const answer = await post('{"fault":"close","closeCode":4000}');
  t.same(
    [answer.status, await answer.json()],
    [200, { fault: { fault: 'close', closeCode: 4000 } }]
  );
  t.equal(await client.closed(), 4000);
  await eventually(
    () => simulator.clients.length === 0,
    () => 'the client to be gone'
  );
  t.match(await (await fetch(url)).json(), {
    fault: { fault: 'close' },
    clients: [],
    stats: { events: 1000, eventsSent: 1000, faultsStruck: 1 },
  });

  t.equal((await post('{"fault":"none"}', 'text/plain')).status, 415);
  t.equal((await post('{"fault":')).status, 400);
  t.equal((await post('{"fault":"explode"}')).status, 400);
  t.equal((await post('{"fault":"unreachable"}')).status, 400, 'no way back');
  t.equal((await post(`"${'x'.repeat(20_000)}"`)).status, 400);
  t.equal((await fetch(url, { method: 'DELETE' })).status, 405);
  t.match(simulator.fault, { fault: 'close' }, 'nothing changed by that');

  t.equal((await post('{"fault":"unreachable","forMs":60000}')).status, 200);
  await eventually(
    () => isConnectionRefused(replay),
    () => 'nothing to listen'
  );
  await simulator.setFault({ fault: 'none' });
  t.equal((await fetch(url)).status, 200);
});
