import t from 'tap';
import type { Test } from 'tap';
import { Redis } from 'ioredis';
import {
  ConstellationClient,
  type ClientStats,
  type ClientSurroundings,
  type ConstellationOptions,
} from '../../../lib/constellation/index.js';
import { RedisUsage } from '../../../lib/constellation/redis-usage.js';
import { RedisWrites } from '../../../lib/constellation/redis-writes.js';
import {
  CountServer,
  health,
  postLinks,
} from '../../fixtures/client/count-server.js';
import { ManualClock } from '../../fixtures/client/manual-clock.js';
import { timed } from '../../fixtures/client/spoiled-pair.js';
import { DID, postUri } from '../../fixtures/client/tids.js';
import { freePort } from '../../fixtures/free-port.js';
import {
  NO_REDIS,
  startRedis,
  type RedisServer,
} from '../../fixtures/redis-server.js';

if (NO_REDIS !== undefined) {
  t.plan(0, NO_REDIS);
  process.exit();
}

const NOW_MS = Date.now();
let made = 0;
function post(): string {
  made += 1;
  return postUri(NOW_MS - 60_000 - made);
}

let redis: RedisServer;
let admin: Redis;
let server: CountServer;

t.before(async () => {
  redis = await startRedis();
  admin = new Redis(redis.url);
  server = await CountServer.start();
});
t.teardown(async () => {
  admin.disconnect();
  await redis.stop();
  await server.stop();
});

/** A client of one index, connected. */
async function open(
  t: Test,
  options: ConstellationOptions = {},
  surroundings: ClientSurroundings = {}
): Promise<ConstellationClient> {
  const client = new ConstellationClient(
    {
      url: server.url,
      fallbackUrl: 'off',
      localSince: 'complete',
      redisUrl: redis.url,
      redisTimeoutMs: 1_000, // this machine may be busy; the bound is tested below
      ...options,
    },
    surroundings
  );
  t.teardown(() => client.close());
  await client.ready();
  return client;
}

/** How often each command was called since the last time. */
async function commands(): Promise<Map<string, number>> {
  const calls = /^cmdstat_(\S+?):calls=(\d+)/gm;
  const info = await admin.info('commandstats');
  await admin.config('RESETSTAT');
  return new Map(
    [...info.matchAll(calls)].map(([, name, count]) => [
      name ?? '',
      Number(count),
    ])
  );
}

async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !(await done()); tries += 1) {
    if (tries > 1_000) throw new Error('did not happen');
    await new Promise((next) => setTimeout(next, 5));
  }
}

function redisStats(
  client: ConstellationClient
): NonNullable<ClientStats['redis']> {
  const { redis } = client.stats();
  if (redis === null) throw new Error('no Redis');
  return redis;
}

t.test('a page of posts is one MGET and one pipeline', async (t) => {
  const uris = Array.from({ length: 50 }, post);
  for (const uri of uris) server.links.set(uri, postLinks(3));
  // A busy machine takes no time by this clock.
  const clock = new ManualClock(NOW_MS);
  const first = await open(t, {}, { clock });
  await commands();
  await first.postStatsOf(uris);
  await clock.advance(50);
  await until(() => redisStats(first).writes === 50);
  t.equal(redisStats(first).pipelines, 1);
  const calls = await commands();
  t.match([calls.get('mget'), calls.get('set')], [1, 50]);

  const second = await open(t);
  server.requests.length = 0;
  const { answers } = await second.postStatsOf(uris);
  t.equal(answers.size, 50);
  for (const answer of answers.values()) {
    if (answer.source !== 'redis') t.fail(`from ${answer.source}`);
    if (answer.ageMs === null || answer.origin !== 'local') t.fail('no age');
  }
  t.equal((await commands()).get('mget'), 1);
  t.strictSame(server.requests, []);
  t.equal(redisStats(second).hits, 50);
});

t.test('calls that never pause keep nothing from being written', async (t) => {
  const clock = new ManualClock();
  const usage = new RedisUsage();
  const writes = new RedisWrites(admin, clock, usage);
  let added = 0;
  const add = (): void => writes.add(`held:${(added += 1)}`, '1', 60);
  const letGo = writes.hold();
  const letOtherGo = writes.hold();
  add();
  await clock.advance(60);
  add();
  await clock.advance(60);
  t.equal(usage.pipelines, 0, 'kept for the pages under way');
  letGo();
  letOtherGo();
  await until(() => usage.writes === 2);
  t.equal(usage.pipelines, 1, 'both at once when the last lets go');

  writes.hold();
  add();
  await clock.advance(499);
  t.equal(usage.pipelines, 1);
  await clock.advance(1);
  await until(() => usage.writes === 3);
  t.pass('but not for longer than half a second');

  for (let count = 0; count < 500; count += 1) add();
  await until(() => usage.writes === 503);
  t.match(usage, { pipelines: 3, writesDropped: 0 });
});

t.test('an older program reads our values, and we read its', async (t) => {
  const [uri, theirs] = [post(), post()];
  const client = await open(t, { ttlSeconds: 100 });
  server.links.set(uri, postLinks(1, 2, 3, 4));
  await client.postStats(uri);
  await until(() => redisStats(client).writes === 1);
  const text = await admin.get(`constellation:post:${uri}`);
  t.match(JSON.parse(text ?? ''), {
    likes: 1,
    reposts: 2,
    replies: 3,
    quotes: 4,
  });
  const ttl = await admin.ttl(`constellation:post:${uri}`);
  t.ok(ttl >= 88 && ttl <= 110, `the time to live varies: ${ttl} s`);
  for (const [random, seconds] of [
    [0, 90],
    [0.9999, 110],
  ] as const) {
    const other = post();
    const asking = await open(t, { ttlSeconds: 100 }, { random: () => random });
    await asking.postStats(other);
    await until(() => redisStats(asking).writes === 1);
    const left = await admin.ttl(`constellation:post:${other}`);
    t.ok(left <= seconds && left > seconds - 10, `${left} of ${seconds} s`);
  }

  const value = { likes: 5, reposts: 6, replies: 7, quotes: 8 };
  await admin.setex(`constellation:post:${theirs}`, 60, JSON.stringify(value));
  await admin.setex(
    `constellation:profile:${DID}`,
    60,
    '{"followers":9,"mentions":2}'
  );
  t.strictSame(await client.postStats(theirs), {
    value,
    source: 'redis',
    origin: null,
    ageMs: null,
    partial: false,
  });
  t.match(await client.profileStats(DID), {
    source: 'redis',
    value: { followers: 9 },
  });
});

t.test('what may come from too young an index is asked again', async (t) => {
  const since = new Date(NOW_MS - 3_600_000).toISOString();
  server.health = health('current', since);
  const old = postUri(NOW_MS - 7_200_000);
  const zeros = '{"likes":0,"reposts":0,"replies":0,"quotes":0}';
  await admin.setex(`constellation:post:${old}`, 60, zeros);
  const remote = await CountServer.start();
  t.teardown(() => remote.stop());
  remote.links.set(old, postLinks(80));
  const client = await open(t, { localSince: since, fallbackUrl: remote.url });
  t.match(await client.postStats(old), {
    origin: 'merged',
    value: { likes: 80 },
  });
  // AppViews counted mentions where no record has them.
  await admin.setex(
    'constellation:profile:did:web:a.example',
    60,
    '{"followers":3,"mentions":0}'
  );
  remote.links.set('did:web:a.example', {
    'app.bsky.graph.follow': { '.subject': 4 },
  });
  const complete = await open(t, { url: remote.url, fallbackUrl: 'off' });
  t.match(await complete.profileStats('did:web:a.example'), {
    value: { followers: 4 },
  });
  server.health = health();
});

t.test('partial numbers are kept out of Redis', async (t) => {
  const client = await open(t, { localSince: undefined });
  const uri = post();
  t.match(await client.postStats(uri), { partial: true });
  await client.close();
  t.equal(await admin.exists(`constellation:post:${uri}`), 0);
});

t.test('garbage in Redis is counted and asked over', async (t) => {
  const uris = Array.from({ length: 5 }, post);
  const garbage = ['x', '{}', '[1]', '{"likes":-1}', 'a'.repeat(100_000)];
  for (const [index, uri] of uris.entries()) {
    server.links.set(uri, postLinks(4));
    await admin.set(`constellation:post:${uri}`, garbage[index] ?? '');
  }
  const client = await open(t);
  const { answers } = await client.postStatsOf(uris);
  for (const answer of answers.values())
    t.match(answer, { source: 'local', value: { likes: 4 } });
  t.match(redisStats(client), { garbage: 5, errors: 0 });
  // A list where text should be fails the whole MGET of some servers, not of this.
  const uri = post();
  await admin.lpush(`constellation:post:${uri}`, 'x');
  t.match(await client.postStats(uri), { source: 'local' });
});

t.test('a Redis that only reads is no error', async (t) => {
  const client = await open(t);
  await admin.call('REPLICAOF', '127.0.0.1', '1');
  const uris = [post(), post()];
  const { answers, failures } = await client.postStatsOf(uris);
  t.equal(answers.size, 2);
  t.equal(failures.size, 0);
  await until(() => redisStats(client).writeErrors === 2);
  t.equal(redisStats(client).writes, 0);
  await admin.call('REPLICAOF', 'NO', 'ONE');
});

t.test(
  'a slow Redis holds a call up for milliseconds, then not at all',
  async (t) => {
    const client = await open(t, { redisTimeoutMs: 10 });
    const pausedMs = 1_500;
    await admin.call('CLIENT', 'PAUSE', `${pausedMs}`, 'ALL');
    const startedMs = performance.now();
    for (let count = 0; count < 6; count += 1) {
      t.match(await client.postStats(post()), { source: 'local' });
    }
    const ms = performance.now() - startedMs;
    t.ok(ms < pausedMs / 2, `six calls took ${ms} ms`);
    t.ok(redisStats(client).timeouts >= 1);
    t.ok(redisStats(client).skipped >= 1, 'after a few it is not even asked');
    await admin.call('CLIENT', 'UNPAUSE').catch(() => undefined);
  }
);

t.test('Redis killed in mid-run and back again', async (t) => {
  const port = await freePort();
  const args = ['--port', `${port}`];
  let mortal = await startRedis(args);
  t.teardown(() => mortal.stop());
  const states: string[] = [];
  const client = await open(t, {
    redisUrl: `redis://127.0.0.1:${port}`,
    onEvent: (event) => {
      if (event.type === 'redis') states.push(event.state);
    },
  });
  await client.postStats(post());
  t.equal(redisStats(client).available, true);
  await mortal.stop();
  for (let count = 0; count < 5; count += 1) {
    const { value, inTime } = await timed(client.postStats(post()));
    t.match(value, { source: 'local' });
    t.ok(inTime, 'within the deadline');
  }
  await until(() => !redisStats(client).available);
  mortal = await startRedis(args);
  await until(async () => {
    await client.postStats(post());
    return redisStats(client).available;
  });
  const writes = redisStats(client).writes;
  await client.postStats(post());
  await until(() => redisStats(client).writes > writes);
  t.strictSame(states, ['available', 'unavailable', 'available']);
});

t.test('no Redis at all is no error, and says no secret', async (t) => {
  const reasons: (string | null)[] = [];
  const client = new ConstellationClient({
    url: server.url,
    fallbackUrl: 'off',
    localSince: 'complete',
    redisUrl: 'redis://user:hunter2@127.0.0.1:1',
    onEvent: (event) => {
      if (event.type === 'redis') reasons.push(event.reason);
    },
  });
  t.teardown(() => client.close());
  t.match(await client.postStats(post()), { source: 'local' });
  t.equal(await client.ready(20), false);
  await until(() => reasons.length > 0);
  t.strictSame(reasons, ['ECONNREFUSED']);
  t.notMatch(JSON.stringify(client.stats()), /hunter2/);
});
