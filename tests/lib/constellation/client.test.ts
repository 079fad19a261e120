import t from 'tap';
import type { ServerResponse } from 'node:http';
import { postLinks } from '../../fixtures/client/count-server.js';
import { ManualClock } from '../../fixtures/client/manual-clock.js';
import {
  NOW_MS,
  OLD,
  YOUNG,
  open,
  startServer,
  until,
} from '../../fixtures/client/open-client.js';
import { DID, postUri } from '../../fixtures/client/tids.js';

t.test('a post takes one request, a profile another', async (t) => {
  const server = await startServer(t);
  const client = open(t, { url: `${server.url}/` });
  server.links.set(YOUNG, postLinks(1, 2, 3, 4, 5));
  server.links.set(DID, {
    'app.bsky.graph.follow': { '.subject': 7 },
    'app.bsky.feed.post': {
      '.facets[].features[app.bsky.richtext.facet#mention].did': 2,
      '.facets[app.bsky.richtext.facet].features[app.bsky.richtext.facet#mention].did': 3,
      '.text': 100,
    },
  });
  t.strictSame(await client.postStats(YOUNG), {
    value: { likes: 1, reposts: 2, replies: 3, quotes: 9 },
    source: 'local',
    origin: 'local',
    ageMs: 0,
    partial: false,
  });
  const profile = await client.profileStats(DID);
  t.strictSame(profile.value, { followers: 7, mentions: 5 });
  t.strictSame(server.requests, [
    `/links/all/count?target=${encodeURIComponent(YOUNG)}`,
    `/links/all/count?target=${encodeURIComponent(DID)}`,
  ]);
  t.equal(server.headers['user-agent'], 'constellation-local');
  t.equal(server.headers.accept, 'application/json');
  const unliked = await client.postStats(OLD);
  t.match(unliked.value, { likes: 0, quotes: 0 }, 'an index that says so');
});

t.test('what would be answered with a wrong zero is not asked', async (t) => {
  const server = await startServer(t);
  const client = open(t, { url: server.url });
  const handle = 'at://alice.example/app.bsky.feed.post/3k2a';
  await t.rejects(client.postStats(handle), { code: 'BAD_TARGET' });
  await t.rejects(client.postStats(`${YOUNG}/`), { code: 'BAD_TARGET' });
  await t.rejects(client.profileStats('alice.example'), { code: 'BAD_TARGET' });
  const { answers, failures } = await client.postStatsOf([handle, YOUNG]);
  t.equal(failures.get(handle)?.code, 'BAD_TARGET');
  t.ok(answers.has(YOUNG), 'the others are answered');
  t.equal(server.requests.length, 1);
  await t.rejects(client.postStats(YOUNG, { deadlineMs: 0 }), {
    code: 'BAD_OPTION',
  });
});

t.test(
  'a page of posts shares few connections, and the same post one request',
  async (t) => {
    const server = await startServer(t);
    const client = open(t, { url: server.url });
    const uris = Array.from({ length: 50 }, (_, index) =>
      postUri(NOW_MS - index)
    );
    const [first, second] = await Promise.all([
      client.postStatsOf([...uris, ...uris]),
      client.postStatsOf(uris),
      client.postStats(YOUNG),
      client.postStats(YOUNG),
    ]);
    t.equal(first.answers.size, 50);
    t.equal(second.answers.size, 50);
    t.equal(server.requests.length, 51);
    t.equal(client.stats().posts.shared, 51);
    t.ok(server.mostActive <= 4, `${server.mostActive} at once`);
    t.ok(server.connections <= 5, `${server.connections} connections`);
  }
);

t.test(
  'an answer is fresh, then stale while one refresh runs, then asked again',
  async (t) => {
    const server = await startServer(t);
    const clock = new ManualClock();
    const client = open(t, { url: server.url, ttlSeconds: 30 }, clock);
    server.links.set(YOUNG, postLinks(1));
    await client.postStats(YOUNG);
    await clock.advance(29_000);
    t.match(await client.postStats(YOUNG), { source: 'memory', ageMs: 29_000 });
    server.links.set(YOUNG, postLinks(2));
    await clock.advance(2_000);
    t.match(await client.postStats(YOUNG), {
      source: 'stale',
      ageMs: 31_000,
      value: { likes: 1 },
    });
    await client.postStats(YOUNG);
    await until(() => client.stats().posts.flights === 0);
    t.equal(server.requests.length, 2, 'one refresh for two callers');
    t.match(await client.postStats(YOUNG), {
      source: 'memory',
      value: { likes: 2 },
    });
    await clock.advance(61_000);
    t.match(await client.postStats(YOUNG), { source: 'local' });
    t.equal(server.requests.length, 3);
  }
);

t.test('past its time an answer serves in need, within a bound', async (t) => {
  const server = await startServer(t);
  const clock = new ManualClock();
  const client = open(
    t,
    { url: server.url, ttlSeconds: 30, retries: 0 },
    clock
  );
  server.links.set(YOUNG, postLinks(1));
  await client.postStats(YOUNG);
  await server.stop();
  await clock.advance(600_000);
  t.match(await client.postStats(YOUNG), { source: 'stale', ageMs: 600_000 });
  await clock.advance(30_000);
  await t.rejects(client.postStats(YOUNG), { code: 'UNREACHABLE' });
  await server.listen();
});

t.test('a batch ends in time, and the rest is fetched behind', async (t) => {
  const server = await startServer(t);
  const clock = new ManualClock();
  const client = open(
    t,
    { url: server.url, deadlineMs: 1_000, tryTimeoutMs: 20_000 },
    clock
  );
  server.links.set(YOUNG, postLinks(1));
  server.links.set(OLD, postLinks(2));
  const held: ServerResponse[] = [];
  server.fault = (request, response) => {
    if (request.url?.includes(encodeURIComponent(OLD))) held.push(response);
    else response.end(JSON.stringify({ links: postLinks(1) }));
  };
  const asked = client.postStatsOf([YOUNG, OLD]);
  await until(() => held.length === 1 && client.stats().posts.flights === 1);
  await clock.advance(979);
  let ended = false;
  void asked.then(() => (ended = true));
  await clock.advance(0);
  t.notOk(ended);
  await clock.advance(2);
  const { answers, failures } = await asked;
  t.strictSame([...answers.keys()], [YOUNG]);
  t.equal(failures.get(OLD)?.code, 'DEADLINE');
  held[0]?.end(JSON.stringify({ links: postLinks(2) }));
  await until(() => client.stats().posts.flights === 0);
  t.match(await client.postStats(OLD), {
    source: 'memory',
    value: { likes: 2 },
  });
  t.equal(server.requests.length, 2);
});

t.test('a batch of ten thousand posts is asked as a whole', async (t) => {
  const server = await startServer(t);
  const client = open(t, { url: server.url });
  const uris = Array.from({ length: 10_000 }, (_, index) =>
    postUri(NOW_MS - index)
  );
  const { answers, failures } = await client.postStatsOf(uris);
  t.strictSame([answers.size, failures.size], [10_000, 0]);
  t.equal(server.requests.length, 10_000);
});

t.test('calls that share a signal print no warning', async (t) => {
  const server = await startServer(t);
  const client = open(t, { url: server.url });
  server.fault = () => undefined;
  const warnings: Error[] = [];
  const listen = (warning: Error): number => warnings.push(warning);
  process.on('warning', listen);
  t.teardown(() => process.off('warning', listen));
  const given = new AbortController();
  const calls = Array.from({ length: 50 }, (_, index) =>
    client.postStats(postUri(NOW_MS - index), { signal: given.signal })
  );
  await until(() => server.requests.length > 0);
  given.abort();
  for (const { status } of await Promise.allSettled(calls))
    t.equal(status, 'rejected');
  // A warning is told at the next turn.
  await new Promise((next) => setImmediate(next));
  t.strictSame(warnings, []);
});

t.test('a caller can give up, and the answer comes all the same', async (t) => {
  const server = await startServer(t);
  const client = open(t, { url: server.url });
  const held: ServerResponse[] = [];
  server.fault = (_request, response) => held.push(response);
  const given = new AbortController();
  const asked = client.postStats(YOUNG, { signal: given.signal });
  await until(() => held.length === 1);
  given.abort();
  await t.rejects(asked, { code: 'ABORTED' });
  held[0]?.end(JSON.stringify({ links: postLinks(3) }));
  await until(() => client.stats().posts.flights === 0);
  t.match(await client.postStats(YOUNG), { source: 'memory' });
});

t.test('a closed client ends what is under way', async (t) => {
  const server = await startServer(t);
  const client = open(t, { url: server.url });
  server.fault = () => undefined;
  const asked = t.rejects(client.postStats(YOUNG), { code: 'CLOSED' });
  await until(() => server.requests.length === 1);
  await client.close();
  await asked;
  await t.rejects(client.postStats(YOUNG), { code: 'CLOSED' });
  await t.rejects(client.api.overview(), { code: 'CLOSED' });
  await client.close();
});
