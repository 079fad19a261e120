import t from 'tap';
import type { Test } from 'tap';
import {
  ConstellationClient,
  type ConstellationOptions,
} from '../../../lib/constellation/index.js';
import {
  CountServer,
  health,
  postLinks,
} from '../../fixtures/client/count-server.js';
import * as faults from '../../fixtures/client/faults.js';
import { ManualClock } from '../../fixtures/client/manual-clock.js';
import { postUri } from '../../fixtures/client/tids.js';
import { NO_REDIS, startRedis } from '../../fixtures/redis-server.js';

const HOUR_MS = 3_600_000;
const TTL_MS = 30_000;
const DEADLINE_MS = 1_000;
const START_MS = Date.UTC(2026, 4, 2);
const POST = postUri(START_MS - HOUR_MS);
const OTHER = postUri(START_MS - 2 * HOUR_MS);

/** Both ways in which a wall clock is set. */
const JUMPS = [
  ['forward', 48 * HOUR_MS],
  ['back', -48 * HOUR_MS],
] as const;

async function start(
  t: Test,
  options: ConstellationOptions
): Promise<{
  readonly server: CountServer;
  readonly clock: ManualClock;
  readonly open: (more?: ConstellationOptions) => ConstellationClient;
}> {
  const server = await CountServer.start();
  server.health = health('current', new Date(0).toISOString());
  for (const uri of [POST, OTHER]) server.links.set(uri, postLinks(1));
  const clock = new ManualClock(START_MS);
  t.teardown(() => server.stop());
  return {
    server,
    clock,
    open: (more = {}) => {
      const client = new ConstellationClient(
        {
          url: server.url,
          fallbackUrl: 'off',
          localSince: 'complete',
          deadlineMs: DEADLINE_MS,
          retries: 0,
          ...options,
          ...more,
        },
        { clock, random: () => 0.5 }
      );
      t.teardown(() => client.close());
      return client;
    },
  };
}

for (const [direction, jumpMs] of JUMPS) {
  t.test(`the wall clock jumps ${direction}`, async (t) => {
    t.test('and memory keeps its times to live', async (t) => {
      const { server, clock, open } = await start(t, { ttlSeconds: 30 });
      const client = open({ staleWhileRefreshSeconds: 0 });
      t.match(await client.postStats(POST), {
        source: 'local',
        value: { likes: 1 },
      });
      server.links.set(POST, postLinks(2));
      await clock.advance(TTL_MS - 1);
      clock.startedAtMs += jumpMs;
      t.match(await client.postStats(POST), {
        source: 'memory',
        value: { likes: 1 },
        ageMs: TTL_MS - 1,
      });
      await clock.advance(1);
      t.match(
        await client.postStats(POST),
        { source: 'local', value: { likes: 2 }, ageMs: 0 },
        'neither sooner nor later'
      );
    });

    t.test('and a local index stands as it stood', async (t) => {
      const { clock, open } = await start(t, {});
      const client = open();
      await client.postStats(POST);
      clock.startedAtMs += jumpMs;
      await clock.advance(6_000);
      const answer = await client.postStats(OTHER);
      t.match(answer, { source: 'local', partial: false, value: { likes: 1 } });
      t.match(client.stats().local, { verdict: 'current' });
    });

    t.test('and the real server is watched by its numbers', async (t) => {
      const { server, clock, open } = await start(t, { ttlSeconds: 0 });
      server.health = null;
      server.records = 1_000;
      const client = open();
      const ask = async (): Promise<void> => {
        let ended = false;
        const asked = client.postStats(POST).finally(() => (ended = true));
        // The first time it looks twice, and waits for this clock in between.
        while (!ended) await clock.advance(10);
        await asked;
      };
      await ask();
      for (const pauseMs of [11_000, 61_000]) {
        server.records += 1_000;
        await clock.advance(pauseMs);
        await ask();
      }
      const { local } = client.stats();
      t.match(local, { verdict: 'current' }, 'its numbers move');
      clock.startedAtMs += jumpMs;
      await clock.advance(11_000);
      await ask();
      t.match(client.stats().local, { verdict: 'current' }, 'no time has gone');
      await clock.advance(130_000);
      await ask();
      t.match(client.stats().local, { verdict: 'stalled' }, 'now it has');
    });

    t.test('and a call ends at its deadline', async (t) => {
      const { server, clock, open } = await start(t, {});
      const client = open();
      await client.postStats(OTHER);
      server.fault = faults.blackHole;
      let ended = false;
      const call = client.postStats(POST).finally(() => (ended = true));
      const failed = t.rejects(call, { code: /^(DEADLINE|TRY_TIMEOUT)$/ });
      await clock.advance(0);
      clock.startedAtMs += jumpMs;
      await clock.advance(500);
      t.notOk(ended, 'not before');
      await clock.advance(DEADLINE_MS - 500);
      await failed;
    });

    t.test('and a breaker waits its time', async (t) => {
      const { server, clock, open } = await start(t, {});
      const client = open();
      server.fault = faults.status(500);
      for (let count = 0; count < 3; count += 1) {
        await t.rejects(client.postStats(POST), { code: 'HTTP_STATUS' });
      }
      server.fault = null;
      clock.startedAtMs += jumpMs;
      await clock.advance(999);
      const asked = server.requests.length;
      await t.rejects(client.postStats(POST), { code: 'BREAKER_OPEN' });
      t.equal(server.requests.length, asked, 'nobody is asked');
      await clock.advance(1);
      t.match(await client.postStats(POST), { source: 'local' });
      t.match(client.stats().main, { breaker: 'closed' });
    });

    t.test('and the rate stays', async (t) => {
      const { server, clock, open } = await start(t, {
        local: false,
        requestsPerSecond: 10,
      });
      const client = open({ deadlineMs: 60_000 });
      const uris = Array.from({ length: 52 }, (_, index) =>
        postUri(START_MS - HOUR_MS - index)
      );
      const page = client.postStatsOf(uris);
      while (server.requests.length < 50) await clock.advance(0);
      clock.startedAtMs += jumpMs;
      await clock.advance(99);
      t.equal(server.requests.length, 50, 'the burst and no more');
      await clock.advance(101);
      const { answers } = await page;
      t.equal(answers.size, 52);
      t.equal(answers.get(POST)?.source, 'remote');
    });
  });
}

t.test(
  'Redis between machines whose clocks differ',
  { skip: NO_REDIS ?? false },
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    const { server, clock, open } = await start(t, {
      redisUrl: redis.url,
      redisTimeoutMs: 1_000,
    });
    const writer = open();
    while (!(await writer.ready(0))) await clock.advance(0);
    await writer.postStats(POST);
    await writer.close();
    server.links.set(POST, postLinks(2));
    for (const [what, jumpMs, expected] of [
      ['behind', -HOUR_MS, { source: 'redis', value: { likes: 1 }, ageMs: 0 }],
      ['ahead', HOUR_MS, { source: 'local', value: { likes: 2 }, ageMs: 0 }],
    ] as const) {
      clock.startedAtMs = START_MS + jumpMs;
      const reader = open();
      while (!(await reader.ready(0))) await clock.advance(0);
      t.match(await reader.postStats(POST), expected, what);
    }
  }
);
