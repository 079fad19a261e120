/**
 * Load: keeps N connections busy with one request after another, each timed.
 *
 *   node --import tsx benchmarks/http/load.ts ORIGIN FILE CONNECTIONS REQUESTS
 *
 * FILE holds a JSON array of paths, asked in turn. Prints one JSON line.
 */

import { readFileSync } from 'node:fs';
import { Client } from 'undici';

/** What a run measured: requests a second, ms. */
export interface LoadResult {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

const [origin = '', file = '', connections = '4', requests = '1000'] =
  process.argv.slice(2);
const paths = JSON.parse(readFileSync(file, 'utf8')) as string[];
const total = Number(requests);
const times = new Float64Array(total);
let asked = 0;

async function ask(client: Client, path: string): Promise<number> {
  const before = performance.now();
  const { statusCode, body } = await client.request({ method: 'GET', path });
  await body.dump();
  if (statusCode !== 200) throw new Error(`status ${statusCode} for ${path}`);
  return performance.now() - before;
}

async function run(count: number, record: boolean): Promise<number> {
  asked = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: Number(connections) }, async () => {
      const client = new Client(origin, { pipelining: 1 });
      while (asked < count) {
        const turn = asked++;
        const path = paths[turn % paths.length] ?? '/';
        const ms = await ask(client, path);
        if (record) times[turn] = ms;
      }
      await client.close();
    })
  );
  return performance.now() - started;
}

await run(Math.min(total, 2000), false);
const ms = await run(total, true);
times.sort();
const at = (share: number): number => times[Math.floor(total * share)] ?? 0;
const result: LoadResult = {
  rate: total / (ms / 1000),
  p50: at(0.5),
  p99: at(0.99),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
