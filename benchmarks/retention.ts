/**
 * The embedded index with `--retain-days` over weeks of events: what it keeps,
 * and what it takes meanwhile.
 *
 *   npm run bench:retention [-- EVENTS [DAYS]]
 *
 * EVENTS (default 2,000,000) are spread evenly over DAYS (default 28) up to
 * now and sent by the simulator; the index keeps the newest quarter of the
 * days. Prints its memory, its store and its links as it goes, and at the end
 * compares counts with those of the events. The index looks for what is too
 * old once an hour, so it is started a second time on its data, as an operator
 * would after an update.
 *
 * Exit codes: 0 all counts are right, 1 one is not.
 */

import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { tidTimeUs } from '../lib/constellation/tid.js';
import { parseEvent } from '../microcosm-bridge/constellation-embedded/event.js';
import { recordLinks } from '../microcosm-bridge/constellation-embedded/links/record-links.js';
import { generateEvents } from '../microcosm-bridge/jetstream-simulator/index.js';
import { startChild, type Child } from './child.js';
import { residentMemory } from './resident-memory.js';

const EVENTS = Number(process.argv[2] ?? 2_000_000);
const DAYS = Number(process.argv[3] ?? 28);
const KEPT_DAYS = Math.round(DAYS / 4);
const DAY_MS = 86_400_000;
const EVERY_MS = 10_000;
/** Looks without any progress after which it is given up. */
const STILL_LOOKS = 12;
/** Between the reading of the events and the end the horizon moves on. */
const EDGE_MS = 3_600_000;
const INDEX = 'microcosm-bridge/constellation-embedded/main.ts';
const SIMULATOR = 'microcosm-bridge/jetstream-simulator/main.ts';
const LIKE = 'app.bsky.feed.like';

const folder = mkdtempSync(join(tmpdir(), 'bench-retention-'));
const file = join(folder, 'events.jsonl');
const data = join(folder, 'data');
const nowMs = Date.now();
const keptSinceMs = nowMs - KEPT_DAYS * DAY_MS;

/** Likes of a target, of records younger than what is kept. */
const likes = new Map<string, number>();
/** Likes so near the horizon that they may go while this runs. */
const onTheEdge = new Map<string, number>();

/** Writes the events, and counts what has to be left of them at the end. */
async function writeEvents(): Promise<void> {
  const out = createWriteStream(file);
  const alive = new Map<string, string>();
  for (const line of generateEvents({
    events: EVENTS,
    startTimeUs: (nowMs - DAYS * DAY_MS) * 1000,
    eventsPerSecond: EVENTS / (DAYS * 86_400),
  })) {
    const event = parseEvent(line.trim());
    if (event === null) throw new Error('the generator made no event');
    if (event.kind === 'commit' && event.collection === LIKE) {
      const key = `${event.did} ${event.rkey}`;
      const [link] = event.operation === 'delete' ? [] : likesOf(event.record);
      if (link === undefined) alive.delete(key);
      else if (event.timeUs / 1000 > keptSinceMs - EDGE_MS)
        alive.set(key, link);
    }
    if (!out.write(`${line.trim()}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  for (const [key, target] of alive) {
    const madeUs = tidTimeUs(key.split(' ')[1] ?? '') ?? 0;
    const isOnTheEdge = madeUs / 1000 < keptSinceMs + EDGE_MS;
    const counted = isOnTheEdge ? onTheEdge : likes;
    counted.set(target, (counted.get(target) ?? 0) + 1);
  }
}

function likesOf(record: unknown): string[] {
  return recordLinks(record)
    .filter(({ path }) => path === '.subject.uri')
    .map(({ target }) => target);
}

async function json(url: string): Promise<Record<string, unknown>> {
  const { body } = await request(url);
  return (await body.json()) as Record<string, unknown>;
}

interface Look {
  readonly events: number;
  readonly records: number;
  readonly dropped: number;
}

async function look(index: Child, what: string): Promise<Look> {
  const api = String(index.ready['api']);
  const metrics = String(index.ready['metrics']);
  const health = await json(`${api}/health`);
  const { stats } = (await json(api)) as { stats: Record<string, number> };
  const { body } = await request(`${metrics}/metrics`);
  const text = await body.text();
  const dropped = Number(
    /index_expired_links_total\S*\s+(\d+)/.exec(text)?.[1] ?? 0
  );
  const { own } = residentMemory(index.process.pid ?? 0, 'index.mdb');
  const seen = {
    events: Number(health['events_total']),
    records: stats['linking_records'] ?? 0,
    dropped,
  };
  const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  process.stdout.write(
    [
      what.padEnd(10),
      `${seen.events.toLocaleString('en')} events`.padStart(18),
      `${seen.records.toLocaleString('en')} records`.padStart(18),
      `${seen.dropped.toLocaleString('en')} links dropped`.padStart(24),
      `${mb(own)} memory`.padStart(15),
      `${mb(Number(health['data_bytes']))} store`.padStart(14),
    ].join('') + '\n'
  );
  return seen;
}

async function startIndex(jetstream: string): Promise<Child> {
  const index = await startChild(INDEX, [
    ...['--bind', '127.0.0.1:0', '--data', data, '--jetstream', jetstream],
    ...['--retain-days', String(KEPT_DAYS)],
    ...['--collect-metrics', '--bind-metrics', '127.0.0.1:0'],
    ...['--log-level', 'error'],
  ]);
  const url = `${String(index.ready['api'])}/ready`;
  const isReady = (): Promise<boolean> =>
    request(url).then(({ statusCode }) => statusCode === 200);
  for (let tries = 0; !(await isReady()); tries++) {
    if (tries === 300) throw new Error('the store was not open within 30 s');
    await delay(100);
  }
  return index;
}

/** Watches until all is read and nothing more is dropped. */
async function watch(index: Child, what: string): Promise<void> {
  let before: Look | null = null;
  for (let still = 0; still < STILL_LOOKS;) {
    const seen = await look(index, what);
    const dropsNoMore = seen.dropped === before?.dropped;
    if (dropsNoMore && seen.events >= EVENTS) return;
    still = dropsNoMore && seen.events === before?.events ? still + 1 : 0;
    before = seen;
    await delay(EVERY_MS);
  }
  throw new Error(`nothing moved for ${(STILL_LOOKS * EVERY_MS) / 1000} s`);
}

/** Compares counts; returns how many are wrong. */
async function compare(api: string): Promise<number> {
  const targets = [...likes.keys()];
  const step = Math.max(1, Math.floor(targets.length / 2000));
  const popular = targets
    .toSorted((a, b) => (likes.get(b) ?? 0) - (likes.get(a) ?? 0))
    .slice(0, 100);
  const some = targets.filter((_, index) => index % step === 0);
  let wrong = 0;
  for (const target of [...popular, ...some]) {
    const least = likes.get(target) ?? 0;
    const most = least + (onTheEdge.get(target) ?? 0);
    const query = new URLSearchParams({
      ...{ target, collection: LIKE, path: '.subject.uri' },
    });
    const { total } = await json(`${api}/links/count?${query.toString()}`);
    if (Number(total) >= least && Number(total) <= most) continue;
    wrong++;
    process.stdout.write(`${target}: ${String(total)}, not ${least}–${most}\n`);
  }
  process.stdout.write(
    `${popular.length + some.length} counts of ${targets.length} targets compared, ${wrong} wrong\n`
  );
  return wrong;
}

let wrong = 1;
let simulator: Child | null = null;
let index: Child | null = null;
try {
  await writeEvents();
  simulator = await startChild(SIMULATOR, [
    ...['--port', '0', '--file', file, '--without-cursor', 'oldest'],
  ]);
  const jetstream = String(simulator.ready['url']);
  index = await startIndex(jetstream);
  await watch(index, 'first');
  await index.stop();
  index = await startIndex(jetstream);
  await watch(index, 'again');
  wrong = await compare(String(index.ready['api']));
} finally {
  await index?.stop();
  await simulator?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = wrong === 0 ? 0 : 1;
