/**
 * The detection client: a feed of 50 posts, against the floor and against what
 * AppViews ship today.
 *
 *   npm run bench:client [-- ROUNDS]
 *
 * All in one run against one embedded index in its own process, in turns, so
 * that only the ratios matter: cold and a bare undici pool with as many
 * requests at once; Redis-warm and one bare MGET; memory-warm by the clock; and
 * once the naive client, four requests a post in turn with a gap of 100 ms.
 */

import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import {
  ConstellationClient,
  policyFor,
  type ConstellationOptions,
} from '../lib/constellation/index.js';
import { generateEvents } from '../microcosm-bridge/jetstream-simulator/index.js';
import { NO_REDIS, startRedis } from '../tests/fixtures/redis-server.js';
import { startChild } from './child.js';

const ROUNDS = Number(process.argv[2] ?? 60);
/** Clients that are new, each asked all feeds: an AppView's process is warm. */
const COLD_CLIENTS = 5;
const FEED = 50;
const EVENTS = 60_000;
const NAIVE_GAP_MS = 100;
const MEMORY_ROUNDS = 4_000;
const INDEX = 'microcosm-bridge/constellation-embedded/main.ts';

/** The four places an AppView counts, each by a request of its own today. */
const PLACES = [
  ['app.bsky.feed.like', '.subject.uri'],
  ['app.bsky.feed.repost', '.subject.uri'],
  ['app.bsky.feed.post', '.reply.parent.uri'],
  ['app.bsky.feed.post', '.embed.record.uri'],
] as const;

/** Writes events to a file; returns the posts that were liked. */
async function writeEvents(file: string): Promise<string[]> {
  const posts = new Set<string>();
  const out = createWriteStream(file);
  for (const line of generateEvents({ events: EVENTS })) {
    for (const [uri] of line.matchAll(
      /at:\/\/did:[a-z0-9:]+\/app\.bsky\.feed\.post\/\w+/g
    )) {
      posts.add(uri);
    }
    if (!out.write(line.endsWith('\n') ? line : `${line}\n`)) {
      await once(out, 'drain');
    }
  }
  out.end();
  await once(out, 'finish');
  return [...posts];
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}

/** Both in turns, each round with other posts; the medians. */
async function inTurns<F>(
  feeds: readonly F[],
  ours: (feed: F) => Promise<unknown>,
  floor: (feed: F) => Promise<unknown>
): Promise<{ oursMs: number; floorMs: number }> {
  const times = { ours: [] as number[], floor: [] as number[] };
  for (const [round, feed] of feeds.entries()) {
    const measure = {
      ours: async () => times.ours.push(await timed(() => ours(feed))),
      floor: async () => times.floor.push(await timed(() => floor(feed))),
    };
    // Who comes second finds the pages of the index warm, so they take turns.
    if (round % 2 === 0) {
      await measure.ours();
      await measure.floor();
    } else {
      await measure.floor();
      await measure.ours();
    }
  }
  // The first rounds are the compiler's.
  const settled = Math.floor(feeds.length / 5);
  return {
    oursMs: median(times.ours.slice(settled)),
    floorMs: median(times.floor.slice(settled)),
  };
}

/** Throws unless all posts were answered: a failure is fast as well. */
async function ask(
  client: ConstellationClient,
  feed: readonly string[],
  source: string
): Promise<void> {
  const { answers } = await client.postStatsOf(feed);
  for (const uri of feed) {
    const answer = answers.get(uri);
    if (answer?.source === source && !answer.partial) continue;
    throw new Error(`${uri} is from ${answer?.source}, not ${source}`);
  }
}

/** Asks until it answers like that, so that all that follows can. */
async function warmUp(
  client: ConstellationClient,
  feed: readonly string[],
  source: string
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await ask(client, feed, source);
      return;
    } catch (error) {
      if (tries === 20) throw error;
      await new Promise((next) => setTimeout(next, 250));
    }
  }
}

async function bare(pool: Pool, feed: readonly string[]): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: policyFor('local').concurrency }, async () => {
      for (let uri = feed[next++]; uri !== undefined; uri = feed[next++]) {
        const path = `/links/all/count?target=${encodeURIComponent(uri)}`;
        const { body } = await pool.request({ method: 'GET', path });
        await body.json();
      }
    })
  );
}

async function naive(url: string, feed: readonly string[]): Promise<void> {
  for (const uri of feed) {
    for (const [collection, path] of PLACES) {
      const query = new URLSearchParams({ target: uri, collection, path });
      await (await fetch(`${url}/links/count?${query.toString()}`)).json();
      await new Promise((next) => setTimeout(next, NAIVE_GAP_MS));
    }
  }
}

async function untilRead(url: string): Promise<void> {
  for (;;) {
    const health = (await (await fetch(`${url}/health`)).json()) as {
      verdict: string;
    };
    if (health.verdict === 'idle') return;
    await new Promise((next) => setTimeout(next, 100));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'bench-client-'));
const file = join(folder, 'events.jsonl');
const posts = await writeEvents(file);
const feeds = Array.from({ length: ROUNDS }, (_, round) =>
  posts.slice(round * FEED, (round + 1) * FEED)
);
const data = join(folder, 'data');
const index = await startChild(INDEX, [
  ...['--bind', '127.0.0.1:0', '--data', data, '--fixture', file],
]);
const url = String(index.ready['api']);
const rows: [what: string, ours: string, floor: string, ratio: string][] = [];
const ms = (value: number): string => `${value.toFixed(2)} ms`;
try {
  await untilRead(url);
  const options: ConstellationOptions = {
    url,
    fallbackUrl: 'off',
    localSince: 'complete',
    deadlineMs: 60_000,
    memoryEntries: ROUNDS * FEED,
    ttlSeconds: 3_600,
  };
  const client = new ConstellationClient(options);
  await warmUp(client, posts.slice(-1), 'local');
  const pool = new Pool(url, { connections: policyFor('local').concurrency });
  const clients = [client];
  while (clients.length < COLD_CLIENTS) {
    const other = new ConstellationClient(options);
    await warmUp(other, posts.slice(-1), 'local');
    clients.push(other);
  }
  const cold = await inTurns(
    clients.flatMap((asked) => feeds.map((feed) => ({ asked, feed }))),
    ({ asked, feed }) => ask(asked, feed, 'local'),
    ({ feed }) => bare(pool, feed)
  );
  rows.push([
    'cold',
    ms(cold.oursMs),
    `${ms(cold.floorMs)} (undici pool)`,
    (cold.oursMs / cold.floorMs).toFixed(2),
  ]);

  if (NO_REDIS === undefined) {
    const redis = await startRedis();
    const shared = { ...options, redisUrl: redis.url, redisTimeoutMs: 1_000 };
    const writer = new ConstellationClient(shared);
    await writer.ready(30_000);
    for (const feed of feeds) await writer.postStatsOf(feed);
    await writer.close();
    const reader = new ConstellationClient({ ...shared, memoryEntries: 0 });
    await reader.ready(30_000);
    await warmUp(reader, feeds[0] ?? [], 'redis');
    const direct = new Redis(redis.url);
    const warm = await inTurns(
      Array.from({ length: 10 }, () => feeds).flat(),
      (feed) => ask(reader, feed, 'redis'),
      (feed) => direct.mget(feed.map((uri) => `constellation:post:${uri}`))
    );
    rows.push([
      'Redis-warm',
      ms(warm.oursMs),
      `${ms(warm.floorMs)} (one MGET)`,
      (warm.oursMs / warm.floorMs).toFixed(2),
    ]);
    direct.disconnect();
    await reader.close();
    await redis.stop();
  }

  const [feed = []] = feeds;
  for (let round = 0; round < 200; round += 1)
    await ask(client, feed, 'memory');
  const memoryMs = await timed(async () => {
    for (let round = 0; round < MEMORY_ROUNDS; round += 1) {
      await client.postStatsOf(feed);
    }
  });
  const perPostUs = (memoryMs * 1_000) / (MEMORY_ROUNDS * FEED);
  rows.push([
    'memory-warm',
    ms(memoryMs / MEMORY_ROUNDS),
    `${perPostUs.toFixed(2)} µs a post`,
    '',
  ]);

  const naiveMs = await timed(() => naive(url, feeds[1] ?? []));
  rows.push([
    'naive client',
    ms(naiveMs),
    `${ms(cold.oursMs)} (ours, cold)`,
    (naiveMs / cold.oursMs).toFixed(0),
  ]);
  await Promise.all(clients.map((asked) => asked.close()));
  await pool.close();
} finally {
  await index.stop();
  rmSync(folder, { recursive: true, force: true });
}

process.stdout.write(`A feed of ${FEED} posts, medians over ${ROUNDS} feeds\n`);
for (const [what, ours, floor, ratio] of rows) {
  process.stdout.write(
    `${what.padEnd(14)}${ours.padStart(14)}  ${floor.padEnd(26)}${ratio.padStart(7)}\n`
  );
}
