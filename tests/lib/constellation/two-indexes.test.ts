/** Which of two indexes is believed, and for what. */

import t from 'tap';
import type { ConstellationEvent } from '../../../lib/constellation/index.js';
import { health, postLinks } from '../../fixtures/client/count-server.js';
import { ManualClock } from '../../fixtures/client/manual-clock.js';
import {
  NOW_MS,
  OLD,
  SINCE,
  YOUNG,
  open,
  startServer,
  until,
} from '../../fixtures/client/open-client.js';
import { DID } from '../../fixtures/client/tids.js';

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
  const gap = new Date(NOW_MS - 60_000).toISOString();
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
