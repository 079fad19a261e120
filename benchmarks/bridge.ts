/**
 * The bridge: how much it answers, against the index it asks.
 *
 *   npm run bench:bridge [-- REQUESTS]
 *
 * Prints a table of one run: a bare node:http server that answers the same
 * bytes, the embedded index asked directly, the bridge answering from memory,
 * and the bridge with its cache off, which asks the index each time: four at
 * once, as by default, and as many as there are connections.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { generateEvents } from '../microcosm-bridge/jetstream-simulator/index.js';
import { startChild, type Child } from './child.js';
import type { LoadResult } from './http/load.js';
import { runLoad } from './http/run-load.js';

const REQUESTS = Number(process.argv[2] ?? 20_000);
const EVENTS = 20_000;
const CONNECTIONS = 64;
/** Fewer than one endpoint's answers that are kept in memory. */
const TARGETS = 500;
const INDEX = 'microcosm-bridge/constellation-embedded/main.ts';
const BRIDGE = 'microcosm-bridge/constellation-client/main.ts';

const children: Child[] = [];
const folder = mkdtempSync(join(tmpdir(), 'bench-bridge-'));

/** Writes events; returns posts that were liked in them. */
function writeEvents(file: string): readonly string[] {
  const liked = new Set<string>();
  const lines: string[] = [];
  for (const line of generateEvents({ events: EVENTS })) {
    lines.push(line.trimEnd());
    const [, uri] = /"subject":\{[^}]*"uri":"(at:[^"]+)"/.exec(line) ?? [];
    if (uri !== undefined && liked.size < TARGETS) liked.add(uri);
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  return [...liked];
}

async function bodiesOf(
  origin: string,
  paths: readonly string[]
): Promise<Readonly<Record<string, string>>> {
  const bodies: Record<string, string> = {};
  for (const path of paths) {
    const { body } = await request(`${origin}${path}`);
    bodies[path] = await body.text();
  }
  return bodies;
}

/** Waits until the whole file is indexed. */
async function indexed(api: string): Promise<void> {
  for (;;) {
    const { body } = await request(`${api}/health`);
    const { events_total: events } = (await body.json()) as {
      events_total: number;
    };
    if (events >= EVENTS) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function start(
  ...[module, args, environment]: Parameters<typeof startChild>
): Promise<Child> {
  const child = await startChild(module, args, environment);
  children.push(child);
  return child;
}

function startBridge(
  index: string,
  environment: Readonly<Record<string, string>>
): Promise<Child> {
  return start(BRIDGE, [], {
    CONSTELLATION_URL: index,
    CONSTELLATION_FALLBACK_URL: 'off',
    CONSTELLATION_LOCAL_SINCE: 'complete',
    // The queue of 64 is what is measured; none of it shall be given up.
    CONSTELLATION_TIMEOUT: '60000',
    HEALTH_PORT: '0',
    ...environment,
  });
}

function row(what: string, { rate, p50, p99 }: LoadResult, index: LoadResult) {
  const cells = [
    what.padEnd(34),
    `${Math.round(rate).toLocaleString('en')} a second`.padStart(18),
    `p50 ${p50.toFixed(2)} ms`.padStart(14),
    `p99 ${p99.toFixed(2)} ms`.padStart(14),
    `${(rate / index.rate).toFixed(2)} of the index's rate`.padStart(26),
    `${(p99 / index.p99).toFixed(2)} of its p99`.padStart(18),
  ];
  process.stdout.write(`${cells.join('  ')}\n`);
}

try {
  const file = join(folder, 'events.jsonl');
  const paths = writeEvents(file).map(
    (uri) => `/links/all/count?target=${encodeURIComponent(uri)}`
  );
  const index = await start(INDEX, [
    ...['--bind', '127.0.0.1:0', '--data', join(folder, 'data')],
    ...['--fixture', file],
  ]);
  const api = String(index.ready['api']);
  await indexed(api);
  const bodies = join(folder, 'bodies.json');
  writeFileSync(bodies, JSON.stringify(await bodiesOf(api, paths)));
  const bare = await start('benchmarks/http/bare-server.ts', [bodies]);
  const warm = await startBridge(api, { CACHE_TTL: '3600' });
  const through = await startBridge(api, { CACHE_ENABLED: 'false' });
  const wide = await startBridge(api, {
    CACHE_ENABLED: 'false',
    CONSTELLATION_CONCURRENCY: String(CONNECTIONS),
  });
  const options = { folder, connections: CONNECTIONS, requests: REQUESTS };
  const direct = await runLoad(api, paths, options);
  process.stdout.write(
    `${REQUESTS.toLocaleString('en')} requests over ${CONNECTIONS} connections, ${paths.length} targets\n`
  );
  const floor = await runLoad(String(bare.ready['url']), paths, options);
  row('bare node:http, the same bytes', floor, direct);
  row('the index, asked directly', direct, direct);
  const ask = (bridge: Child): Promise<LoadResult> =>
    runLoad(String(bridge.ready['bridge']), paths, options);
  row('the bridge, from memory', await ask(warm), direct);
  row('the bridge, its cache off', await ask(through), direct);
  row(`the same, ${CONNECTIONS} questions at once`, await ask(wide), direct);
} finally {
  await Promise.all(children.map((child) => child.stop()));
  rmSync(folder, { recursive: true, force: true });
}
