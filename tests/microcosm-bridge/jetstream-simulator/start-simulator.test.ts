import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decompress } from 'fzstd';
import t, { type Test } from 'tap';
import {
  generateEvents,
  startSimulator,
  type SimulatorOptions,
} from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { eventually, refusal, StreamClient } from './stream-client.js';

const lines = [...generateEvents({ events: 3000 })];
const timeOf = (line: string | undefined) =>
  (JSON.parse(line ?? 'null') as { time_us: number }).time_us;
const account = (timeUs: number) =>
  `{"did":"did:plc:abcdefghijklmnopqrstuvwx","time_us":${timeUs},"kind":"account","account":{}}`;

async function start(t: Test, options: SimulatorOptions = {}) {
  const simulator = await startSimulator(options);
  t.teardown(() => simulator.close());
  return simulator;
}

t.test('a cursor replays what is not before it, byte for byte', async (t) => {
  const simulator = await start(t);
  simulator.push(lines);
  const all = await StreamClient.open(t, `${simulator.url}?cursor=0`);
  t.ok((await all.received(3000)).join() === lines.join(), 'old: everything');
  const cursor = timeOf(lines[1234]);
  const some = await StreamClient.open(t, `${simulator.url}?cursor=${cursor}`);
  const got = await some.received(3000 - 1234);
  t.equal(got[0], lines[1234], 'inclusive');
  t.equal(got.length, 3000 - 1234);
});

t.test('without a cursor, or with a future one, it is live', async (t) => {
  const simulator = await start(t);
  simulator.push(lines);
  const future = timeOf(lines.at(-1)) + 1;
  const plain = await StreamClient.open(t, simulator.url);
  const ahead = await StreamClient.open(t, `${simulator.url}?cursor=${future}`);
  simulator.push([account(5), account(7)]);
  for (const client of [plain, ahead]) {
    t.same(await client.received(2), [account(5), account(7)]);
  }
});

t.test('a simulator can begin with the oldest for everybody', async (t) => {
  const simulator = await start(t, { withoutCursor: 'oldest' });
  simulator.push(lines.slice(0, 10));
  const client = await StreamClient.open(t, simulator.url);
  t.same(await client.received(10), lines.slice(0, 10));
});

t.test('filters choose, account events always pass', async (t) => {
  const simulator = await start(t);
  simulator.push([...lines, account(1)]);
  const url = `${simulator.url}?cursor=0`;
  const query =
    '&wantedCollections=app.bsky.feed.repost&wantedCollections=app.bsky.graph.*';
  const client = await StreamClient.open(t, url + query);
  const wanted = lines.filter((line) =>
    /"collection":"(app.bsky.feed.repost|app.bsky.graph.follow)"/.test(line)
  );
  await client.received(wanted.length + 1);
  t.ok(wanted.length > 300, 'some');
  t.ok(client.texts.join() === [...wanted, account(1)].join(), 'only those');
  const { did } = JSON.parse(lines[5] ?? '') as { did: string };
  const one = await StreamClient.open(t, `${url}&wantedDids=${did}`);
  const his = lines.filter((line) => line.includes(`{"did":"${did}"`));
  t.same(await one.received(his.length), his);
});

t.test('compressed frames hold the same events', async (t) => {
  const simulator = await start(t);
  simulator.push([...lines, account(1)]);
  const client = await StreamClient.open(
    t,
    `${simulator.url}?cursor=0&compress=true&wantedCollections=app.bsky.feed.*`
  );
  const wanted = lines.filter(
    (line) => !line.includes('app.bsky.graph.follow"')
  );
  await client.received(wanted.length + 1);
  t.equal(client.texts.length, 0, 'no text frames');
  const read = client.binaries.map((frame) =>
    Buffer.from(decompress(frame)).toString()
  );
  t.ok(read.join() === [...wanted, account(1)].join());
});

t.test('events of every size come through, in both forms', async (t) => {
  const simulator = await start(t);
  // Around each change in how WebSocket and zstd write a length.
  const sizes = [1, 125, 126, 127, 255, 256, 65_535, 65_536, 65_792, 300_000];
  const events = sizes.map(
    (size) => 'é'.repeat(size >> 1) + 'x'.repeat(size & 1)
  );
  simulator.push(events);
  const replay = `${simulator.url}?cursor=0`;
  const text = await StreamClient.open(t, replay);
  t.ok((await text.received(sizes.length)).join() === events.join());
  const zstd = await StreamClient.open(t, `${replay}&compress=true`);
  await zstd.received(sizes.length);
  const read = zstd.binaries.map((frame) => Buffer.from(decompress(frame)));
  t.ok(read.join() === events.join());
});

t.test('a client that says hello later is served later', async (t) => {
  const simulator = await start(t);
  simulator.push(lines.slice(0, 100));
  const url = `${simulator.url}?cursor=0&requireHello=true`;
  const client = await StreamClient.open(t, url);
  const other = await StreamClient.open(t, `${simulator.url}?cursor=0`);
  await other.received(100);
  t.equal(client.texts.length, 0);
  const update = (payload: unknown) =>
    client.webSocket.send(JSON.stringify({ type: 'options_update', payload }));
  update({ wantedCollections: ['app.bsky.feed.post'] });
  const posts = lines
    .slice(0, 100)
    .filter((line) => line.includes('"collection":"app.bsky.feed.post"'));
  t.same(await client.received(posts.length), posts);
  update({ wantedCollections: 'nonsense' });
  t.equal(await client.closed(), 1008, 'a wrong message ends it');
});

t.test('wrong requests are refused', async (t) => {
  const simulator = await start(t);
  const { url, port } = simulator;
  t.equal(await refusal(t, `${url}?cursor=soon`), 400);
  t.equal(await refusal(t, `${url}?wantedCollections=like`), 400);
  t.equal(await refusal(t, url.replace('subscribe', 'elsewhere')), 404);
  const get = async (path: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  t.equal(await get('/'), 200);
  t.equal(await get('/subscribe'), 400);
  t.equal(await get('/elsewhere'), 404);
  t.match(simulator.stats, { accepted: 0, refused: 3 });
});

t.test('a file is replayed, then what is pushed', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  await writeFile(file, lines.join('\n'));
  const simulator = await start(t, { file });
  const cursor = timeOf(lines[2000]);
  const late = await StreamClient.open(t, `${simulator.url}?cursor=${cursor}`);
  const all = await StreamClient.open(t, `${simulator.url}?cursor=1`);
  simulator.push([account(1)]);
  t.same(await late.received(1001), [...lines.slice(2000), account(1)]);
  t.ok((await all.received(3001)).join() === [...lines, account(1)].join());
  t.match(simulator.stats, { events: 3001, accepted: 2, eventsSent: 4002 });
});

t.test('a file can be shifted so that it ends now', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  await writeFile(file, lines.slice(0, 50).join('\n'));
  const nowMs = Date.UTC(2027, 0, 1);
  const simulator = await start(t, { file, rebase: true, now: () => nowMs });
  const client = await StreamClient.open(t, `${simulator.url}?cursor=0`);
  const got = await client.received(50);
  t.equal(timeOf(got.at(-1)), nowMs * 1000);
  const shiftUs = nowMs * 1000 - timeOf(lines[49]);
  t.equal(timeOf(got[0]), timeOf(lines[0]) + shiftUs);
});

t.test('a slow client costs no memory and misses nothing', async (t) => {
  const simulator = await start(t);
  const many = Array.from({ length: 14 }, () => lines).flat();
  simulator.push(many);
  const slow = await StreamClient.open(t, `${simulator.url}?cursor=0`);
  slow.webSocket.pause();
  const fast = await StreamClient.open(t, `${simulator.url}?cursor=0`);
  await fast.received(many.length);
  const [status] = simulator.clients;
  // Both sockets' kernel buffers, and what one write adds.
  t.ok((status?.bytesSent ?? 0) < 14e6, `${status?.bytesSent} of 21,000,000`);
  slow.webSocket.resume();
  t.ok((await slow.received(many.length)).join() === many.join());
});

t.test('many clients get everything', async (t) => {
  const simulator = await start(t);
  const clients = await Promise.all(
    Array.from({ length: 50 }, () => StreamClient.open(t, simulator.url))
  );
  t.equal(simulator.clients.length, 50);
  for (let i = 0; i < 200; i++) simulator.push([lines[i] ?? '']);
  for (const client of clients) {
    await client.received(200);
    t.ok(client.texts.join() === lines.slice(0, 200).join());
  }
  for (const client of clients) client.webSocket.terminate();
  await eventually(
    () => simulator.clients.length === 0,
    () => 'all clients to be gone'
  );
  t.equal(simulator.stats.eventsSent, 50 * 200, 'what they got is still known');
});

t.test('the live tail goes on at its pace, with the time of now', async (t) => {
  const simulator = await start(t, { live: { eventsPerSecond: 500 } });
  const client = await StreamClient.open(t, `${simulator.url}?cursor=0`);
  const got = await client.received(300);
  const lagMs = Date.now() - timeOf(got.at(-1)) / 1000;
  t.ok(lagMs > -1000 && lagMs < 20_000, `${lagMs} ms old`);
  t.ok(got.every((line, i) => i === 0 || timeOf(line) > timeOf(got[i - 1])));
});

t.test('a live tail can wait until the replay is over', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  await writeFile(file, lines.join('\n'));
  const live = { eventsPerSecond: 1000, afterReplay: true };
  const simulator = await start(t, { file, live });
  t.equal(simulator.stats.events, 3000);
  const client = await StreamClient.open(t, `${simulator.url}?cursor=0`);
  const got = await client.received(3100);
  t.equal(got[2999], lines[2999]);
  t.ok(simulator.stats.events > 3000);
});

t.test('wrong options are refused by name', async (t) => {
  const wrong: [SimulatorOptions, RegExp][] = [
    [{ port: 70_000 }, /port/],
    [{ keepBytes: 1 }, /keepBytes/],
    [{ live: { eventsPerSecond: 0 } }, /live.eventsPerSecond/],
    [{ live: { eventsPerSecond: 1, seed: -1 } }, /live.seed/],
    [{ sample: true, file: 'x' }, /exclude/],
    [{ rebase: true }, /rebase/],
  ];
  for (const [options, message] of wrong) {
    await t.rejects(startSimulator(options), { code: 'bad-option', message });
  }
  const unknown = { speed: 5 } as SimulatorOptions;
  await t.rejects(startSimulator(unknown), { message: /speed/ });
  await t.rejects(startSimulator({ file: '/nowhere' }), {
    code: 'file-unreadable',
  });
});

t.test('a port in use is said, and a closed simulator is over', async (t) => {
  const simulator = await startSimulator();
  const { port, url } = simulator;
  await t.rejects(startSimulator({ port }), {
    code: 'cannot-listen',
    message: `127.0.0.1:${port}`,
  });
  const client = await StreamClient.open(t, url);
  await simulator.close();
  await simulator.close();
  t.equal(await client.closed(), 1006);
  t.throws(() => simulator.push([account(1)]), { code: 'closed' });
  const next = await startSimulator({ port });
  t.equal(next.url, url, 'the port is free again');
  await next.close();
});
