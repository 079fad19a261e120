/**
 * The embedded index: how fast it indexes and answers, and what it takes.
 *
 *   npm run bench:index [-- EVENTS]
 *
 * Prints a table. Every figure stands beside a calibration of the same run
 * (JSON.parse of the same lines; a bare node:http server that answers the same
 * bytes), so that machines can be compared.
 */

import {
  createWriteStream,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { request } from 'undici';
import { generateEvents } from '../microcosm-bridge/jetstream-simulator/index.js';
import { startChild } from './child.js';
import type { Child } from './child.js';
import type { LoadResult } from './http/load.js';
import { runLoad } from './http/run-load.js';
import { residentMemory } from './resident-memory.js';

const EVENTS = Number(process.argv[2] ?? 500_000);
const REQUESTS = 20_000;
/** Bare server and index in turn, so that what else the machine does hits both. */
const ROUNDS = 5;
const CONNECTIONS = 4;
const WORKERS = [1, 2, 3];
/** Polls of the cursor for each look at the memory. */
const LOOK_EVERY = 5;
const SAMPLE_TARGETS = 2000;
const INDEX = 'microcosm-bridge/constellation-embedded/main.ts';
const SIMULATOR = 'microcosm-bridge/jetstream-simulator/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-index-'));
const rows: [string, string, string][] = [];

function row(what: string, measured: string, compared = ''): void {
  rows.push([what, measured, compared]);
  process.stderr.write(`${what}: ${measured} ${compared}\n`);
}

/** Writes the events; returns what the queries are made of. */
async function writeEvents(file: string): Promise<{
  bytes: number;
  newest: number;
  likes: Map<string, number>;
}> {
  const out = createWriteStream(file);
  const likes = new Map<string, number>();
  let bytes = 0;
  let newest = 0;
  for (const line of generateEvents({ events: EVENTS })) {
    const text = line.endsWith('\n') ? line : `${line}\n`;
    bytes += Buffer.byteLength(text);
    const event = JSON.parse(line) as {
      time_us: number;
      commit?: {
        operation: string;
        collection: string;
        record?: { subject?: { uri?: string } };
      };
    };
    newest = event.time_us;
    const uri = event.commit?.record?.subject?.uri;
    if (
      event.commit?.collection === 'app.bsky.feed.like' &&
      uri !== undefined
    ) {
      likes.set(uri, (likes.get(uri) ?? 0) + 1);
    }
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return { bytes, newest, likes };
}

async function parseRate(file: string): Promise<number> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    lines.push(line);
    if (lines.length === 100_000) break;
  }
  const started = performance.now();
  for (const line of lines) JSON.parse(line);
  return lines.length / ((performance.now() - started) / 1000);
}

async function cursorOf(api: string): Promise<number> {
  const { body } = await request(`${api}/health`);
  const { cursor } = (await body.json()) as { cursor: number | null };
  return cursor ?? 0;
}

function load(origin: string, paths: readonly string[]): Promise<LoadResult> {
  const options = { folder, connections: CONNECTIONS, requests: REQUESTS };
  return runLoad(origin, paths, options);
}

interface Compared {
  readonly floor: LoadResult;
  readonly ours: LoadResult;
}

/** The median round of several, by how the two rates compare. */
async function compare(
  bare: string,
  api: string,
  paths: readonly string[]
): Promise<Compared> {
  const rounds: Compared[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      floor: await load(bare, paths),
      ours: await load(api, paths),
    });
  }
  const of = ({ floor, ours }: Compared): number => ours.rate / floor.rate;
  rounds.sort((a, b) => of(a) - of(b));
  const all = rounds.map((round) => of(round).toFixed(2)).join(' ');
  process.stderr.write(`rounds, of bare: ${all}\n`);
  const median = rounds[ROUNDS >> 1];
  if (median === undefined) throw new Error('no rounds');
  return median;
}

function per(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')} a second`;
}

function answered({ rate, p50, p99 }: LoadResult): string {
  return `${per(rate)}, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
}

const ratio = (a: number, b: number): string => (a / b).toFixed(2);

function mb(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

async function benchIndexing(file: string, newest: number): Promise<Child> {
  const simulator = await startChild(SIMULATOR, [
    '--port',
    '0',
    '--file',
    file,
    '--without-cursor',
    'oldest',
  ]);
  const started = performance.now();
  const index = await startChild(INDEX, [
    '--bind',
    '127.0.0.1:0',
    '--data',
    join(folder, 'data'),
    '--jetstream',
    String(simulator.ready['url']),
  ]);
  const api = String(index.ready['api']);
  const pid = index.process.pid ?? 0;
  let polls = 0;
  let { own, mapped } = residentMemory(pid, 'index.mdb');
  while ((await cursorOf(api)) < newest) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    // To look costs the process too, so not every time.
    if (polls++ % LOOK_EVERY !== 0) continue;
    const now = residentMemory(pid, 'index.mdb');
    own = Math.max(own, now.own);
    mapped = Math.max(mapped, now.mapped);
  }
  const seconds = (performance.now() - started) / 1000;
  row(
    `indexing ${EVENTS.toLocaleString('en')} events over a WebSocket, start to last commit`,
    per(EVENTS / seconds),
    'wanted: 12,000'
  );
  const disk = statSync(join(folder, 'data', 'index.mdb')).blocks * 512;
  row('store on disk', mb(disk), 'wanted: 260 MB at most for 500,000');
  row(
    'resident memory while indexing, the most that was seen',
    `${mb(own)} + ${mb(mapped)} of the mapped file`,
    'wanted: 400 MB at most besides the file'
  );
  await index.stop();
  await simulator.stop();
  return index;
}

async function benchAnswers(likes: ReadonlyMap<string, number>): Promise<void> {
  const byLikes = [...likes].sort(([, a], [, b]) => b - a).map(([uri]) => uri);
  const path = (uri: string): string =>
    `/links/all/count?target=${encodeURIComponent(uri)}`;
  const count = (uri: string): string =>
    `/links/count?target=${encodeURIComponent(uri)}&collection=app.bsky.feed.like&path=.subject.uri`;
  const step = Math.max(1, Math.floor(byLikes.length / SAMPLE_TARGETS));
  const ordinary = byLikes.filter((_, place) => place % step === 0);
  const popular = byLikes[0] ?? '';
  const simulator = await startChild(SIMULATOR, [
    '--port',
    '0',
    '--live',
    '1000',
  ]);
  const args = ['--bind', '127.0.0.1:0', '--data', join(folder, 'data')];
  const empty = join(folder, 'none.jsonl');
  writeFileSync(empty, '');
  const idle = await startChild(INDEX, [...args, '--fixture', empty]);
  const idleApi = String(idle.ready['api']);
  const bodies: Record<string, string> = {};
  for (const uri of ordinary) {
    const { body } = await request(`${idleApi}${path(uri)}`);
    bodies[path(uri)] = await body.text();
  }
  const file = join(folder, 'bodies.json');
  writeFileSync(file, JSON.stringify(bodies));
  const bare = await startChild('benchmarks/http/bare-server.ts', [file]);
  const paths = ordinary.map(path);

  const bareUrl = String(bare.ready['url']);
  const quiet = await compare(bareUrl, idleApi, paths);
  row('bare node:http, the same bytes', answered(quiet.floor));
  row('/links/all/count', answered(quiet.ours), ratios(quiet));
  const others = await load(idleApi, ordinary.map(count));
  row('/links/count, any target', answered(others));
  const most = await load(idleApi, [count(popular)]);
  row(
    `/links/count, the target with ${(likes.get(popular) ?? 0).toLocaleString('en')} likes`,
    answered(most),
    `${ratio(most.p50, others.p50)} of any target's p50`
  );
  await idle.stop();
  for (const workers of WORKERS) {
    const given = ['--fixture', empty, '--workers', String(workers)];
    const some = await startChild(INDEX, [...args, ...given]);
    const { floor, ours } = await compare(
      bareUrl,
      String(some.ready['api']),
      paths
    );
    const by = `${ratio(ours.rate, floor.rate)} of bare`;
    row(`/links/all/count, --workers ${workers}`, answered(ours), by);
    await some.stop();
  }

  const busy = await startChild(INDEX, [
    ...args,
    '--jetstream',
    String(simulator.ready['url']),
  ]);
  const busyApi = String(busy.ready['api']);
  const before = await cursorOf(busyApi);
  while ((await cursorOf(busyApi)) === before) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const indexing = await compare(bareUrl, busyApi, paths);
  row(
    'bare node:http, while 1,000 events a second are indexed',
    answered(indexing.floor)
  );
  row(
    '/links/all/count, while 1,000 events a second are indexed',
    answered(indexing.ours),
    ratios(indexing)
  );
  await Promise.all([busy.stop(), bare.stop(), simulator.stop()]);
}

function ratios({ ours, floor }: Compared): string {
  return `${ratio(ours.rate, floor.rate)} of bare (wanted 0.75), p99 ${ratio(ours.p99, floor.p99)} times (wanted 2 at most)`;
}

try {
  const file = join(folder, 'events.jsonl');
  const { bytes, newest, likes } = await writeEvents(file);
  row(
    'events',
    EVENTS.toLocaleString('en'),
    `${Math.round(bytes / EVENTS)} bytes each`
  );
  row('calibration: JSON.parse of the same lines', per(await parseRate(file)));
  await benchIndexing(file, newest);
  await benchAnswers(likes);
  const width = Math.max(...rows.map(([what]) => what.length));
  process.stdout.write(
    `\n${rows.map(([what, measured, compared]) => `${what.padEnd(width)}  ${measured}${compared === '' ? '' : `  (${compared})`}`).join('\n')}\n`
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
