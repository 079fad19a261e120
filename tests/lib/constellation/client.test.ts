import t from 'tap';
import type { Test } from 'tap';
import type { ServerResponse } from 'node:http';
import {
  ConstellationClient,
  type ConstellationEvent,
  type ConstellationOptions,
} from '../../../lib/constellation/index.js';
import {
  CountServer,
  health,
  postLinks,
} from '../../fixtures/client/count-server.js';
import { ManualClock } from '../../fixtures/client/manual-clock.js';
import { DID, postUri } from '../../fixtures/client/tids.js';

const clock0 = new ManualClock();
const SINCE = '2026-05-01T00:00:00Z';
const OLD = postUri(Date.parse(SINCE) - 3_600_000);
const YOUNG = postUri(clock0.wallMs() - 3_600_000);

async function startServer(t: Test): Promise<CountServer> {
  const server = await CountServer.start();
  t.teardown(() => server.stop());
  return server;
}

/** A client whose time stands still. */
function open(
  t: Test,
  options: ConstellationOptions,
  clock = new ManualClock()
): ConstellationClient {
  const client = new ConstellationClient(
    { fallbackUrl: 'off', localSince: 'complete', ...options },
    { clock, random: () => 0.5 }
  );
  t.teardown(() => client.close());
  return client;
}

/** Lets sockets do what they have to do. */
async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; !done(); tries += 1) {
    if (tries > 2_000) throw new Error('did not happen');
    await new Promise((next) => setTimeout(next, 1));
  }
}

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
      postUri(clock0.wallMs() - index)
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

t.test(
  'a young index answers for what is younger, with the remote for the rest',
  async (t) => {
    const [local, remote] = [await startServer(t), await startServer(t)];
    const client = open(t, {
      url: local.url,
      fallbackUrl: remote.url,
      localSince: SINCE,
    });
    local.health = health('current', SINCE);
    local.links.set(YOUNG, postLinks(5));
    local.links.set(OLD, postLinks(3, 9));
    remote.links.set(YOUNG, postLinks(99));
    remote.links.set(OLD, postLinks(70, 1));
    local.links.set(DID, { 'app.bsky.graph.follow': { '.subject': 1 } });
    remote.links.set(DID, { 'app.bsky.graph.follow': { '.subject': 40 } });

    const young = await client.postStats(YOUNG);
    t.match(young, { source: 'local', partial: false, value: { likes: 5 } });
    t.strictSame(remote.requests, [], 'it stayed in the house');
    t.match(await client.postStats(OLD), {
      source: 'remote',
      origin: 'merged',
      partial: false,
      value: { likes: 70, reposts: 9 },
    });
    t.match(await client.profileStats(DID), { value: { followers: 40 } });
    t.equal(client.stats().fallbacks, 0, 'nothing failed');
  }
);

t.test('without the remote a lower bound is called one', async (t) => {
  const [local, remote] = [await startServer(t), await startServer(t)];
  for (const [what, options] of [
    ['off', { fallbackUrl: 'off', localSince: SINCE }],
    [
      'down',
      { fallbackUrl: 'http://127.0.0.1:1', localSince: SINCE, retries: 0 },
    ],
    ['off, and nothing known', { fallbackUrl: 'off', localSince: undefined }],
  ] as const) {
    const client = open(t, { url: local.url, ...options });
    local.links.set(OLD, postLinks(3));
    const answer = await client.postStats(OLD);
    t.match(
      answer,
      { source: 'local', partial: true, value: { likes: 3 } },
      what
    );
    t.equal(client.stats().partial, 1);
  }
  const complete = open(t, { url: local.url, fallbackUrl: remote.url });
  t.match(await complete.postStats(OLD), { partial: false, source: 'local' });
  t.match(await complete.profileStats(DID), {
    partial: false,
    source: 'local',
  });
  t.strictSame(remote.requests, [], 'complete leaves the remote alone');
});

t.test('what the index says of itself wins over an earlier date', async (t) => {
  const [local, remote] = [await startServer(t), await startServer(t)];
  const gap = new Date(clock0.wallMs() - 60_000).toISOString();
  local.health = health('current', gap);
  const client = open(t, {
    url: local.url,
    fallbackUrl: remote.url,
    localSince: SINCE,
  });
  remote.links.set(YOUNG, postLinks(8));
  t.match(await client.postStats(YOUNG), {
    origin: 'merged',
    value: { likes: 8 },
  });
  t.match(client.stats().local, {
    verdict: 'current',
    completeness: { kind: 'since' },
  });
});

t.test('one that is catching up or stalled is not believed', async (t) => {
  const [local, remote] = [await startServer(t), await startServer(t)];
  const clock = new ManualClock();
  const events: ConstellationEvent[] = [];
  const client = open(
    t,
    {
      url: local.url,
      fallbackUrl: remote.url,
      localSince: SINCE,
      ttlSeconds: 0,
      staleOnErrorSeconds: 0,
      retries: 0,
      onEvent: (event) => events.push(event),
    },
    clock
  );
  local.links.set(YOUNG, postLinks(0));
  remote.links.set(YOUNG, postLinks(8));
  local.health = health('catching-up', SINCE);
  t.match(await client.postStats(YOUNG), {
    origin: 'merged',
    value: { likes: 8 },
  });
  local.health = health('stalled', SINCE);
  await clock.advance(11_000);
  local.requests.length = 0;
  t.match(await client.postStats(YOUNG), {
    origin: 'remote',
    value: { likes: 8 },
  });
  t.strictSame(local.requests, [], 'a stalled one is not even asked');
  t.match(events, [
    { type: 'standing' },
    {},
    {},
    { type: 'standing', verdict: 'stalled' },
    { type: 'fallback', code: 'STALLED' },
    {},
  ]);
  await remote.stop();
  t.match(await client.postStats(YOUNG), { origin: 'local', partial: true });
  await remote.listen();
  local.health = health('current', SINCE);
  local.links.set(YOUNG, postLinks(9));
  await clock.advance(31_000);
  t.match(await client.postStats(YOUNG), {
    origin: 'local',
    partial: false,
    value: { likes: 9 },
  });
});

t.test(
  'the real server, without /health, is watched by its numbers',
  async (t) => {
    const [local, remote] = [await startServer(t), await startServer(t)];
    const clock = new ManualClock();
    local.health = null;
    local.records = 1_000;
    const client = open(
      t,
      {
        url: local.url,
        fallbackUrl: remote.url,
        localSince: SINCE,
        ttlSeconds: 0,
      },
      clock
    );
    remote.links.set(YOUNG, postLinks(8));
    local.links.set(YOUNG, postLinks(8));
    const ask = async (): Promise<string | null> => {
      const asked = client.postStats(YOUNG);
      // The second look of the first time waits for this clock.
      for (let step = 0; step < 20; step += 1) {
        await new Promise((next) => setTimeout(next, 2));
        await clock.advance(10);
      }
      return (await asked).origin;
    };
    t.equal(await ask(), 'merged', 'it may have stood still for days');
    local.records = 2_000;
    await clock.advance(11_000);
    t.equal(await ask(), 'merged', 'it moves: it may be catching up');
    local.records = 3_000;
    await clock.advance(61_000);
    t.equal(await ask(), 'local');
    await clock.advance(130_000);
    t.equal(await ask(), 'remote', 'it has stood still for too long');
    t.equal(client.stats().local?.verdict, 'stalled');
  }
);

t.test('no number goes down only because the source changes', async (t) => {
  const [local, remote] = [await startServer(t), await startServer(t)];
  const clock = new ManualClock();
  const client = open(
    t,
    {
      url: local.url,
      fallbackUrl: remote.url,
      localSince: SINCE,
      ttlSeconds: 1,
      staleWhileRefreshSeconds: 30,
    },
    clock
  );
  local.health = health('stalled', SINCE);
  remote.links.set(YOUNG, postLinks(10));
  local.links.set(YOUNG, postLinks(9));
  t.equal((await client.postStats(YOUNG)).value.likes, 10);
  local.health = health('current', SINCE);
  const next = async (): Promise<number> => {
    await clock.advance(11_000);
    await client.postStats(YOUNG);
    await until(() => client.stats().posts.flights === 0);
    return (await client.postStats(YOUNG)).value.likes;
  };
  t.equal(await next(), 10, 'the local index is a like behind');
  t.equal(await next(), 9, 'a deletion shows one time to live later');
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
