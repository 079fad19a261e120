/**
 * Which client reads a Jetstream, and at what cost: ours, `@atcute/jetstream`,
 * and the least that any client does.
 *
 *   npx tsx benchmarks/jetstream-client.ts [EVENTS]
 *
 * The consumer's docstring says what was concluded. Simulator and client are
 * processes of their own, one client at a time. EVENTS, default 200,000, of 500
 * bytes are measured after 50,000 to warm up. "asleep" is what the process
 * grows by while the reader stops for 3 s.
 *
 * On the machine this was written on (2 cores, Node 20.20.2):
 *
 *     client                                        events/s     CPU per event            asleep
 *     ws and JSON.parse alone                       141,701             6.9 µs             7 MiB
 *     our consumer                                   91,942            11.2 µs             0 MiB
 *     @atcute/jetstream                              74,691            12.9 µs           163 MiB
 *     @atcute/jetstream, not validating             134,530             7.1 µs           159 MiB
 *
 * "asleep" has no bound for the last two: it is what the simulator had left.
 */

import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generateEvents } from '../microcosm-bridge/jetstream-simulator/index.js';
import { startChild } from './child.js';
import { CLIENTS } from './jetstream/clients.js';

const WARM_UP = 50_000;
const EVENTS = Number(process.argv[2] ?? 200_000);
const SIMULATOR = 'microcosm-bridge/jetstream-simulator/main.ts';
const MEASURE = 'benchmarks/jetstream/measure.ts';

function* lines(): Generator<string> {
  for (const line of generateEvents({ events: EVENTS + WARM_UP + 20_000 })) {
    yield `${line}\n`;
  }
}

async function measure(
  client: string,
  url: string,
  events: number
): Promise<Readonly<Record<string, unknown>>> {
  const args = [client, url, String(events), String(WARM_UP)];
  const child = await startChild(MEASURE, args);
  await child.stop();
  return child.ready;
}

function figure(value: unknown, digits: number, unit: string): string {
  if (typeof value !== 'number') return '-';
  const text = value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${text} ${unit}`;
}

function print(cells: readonly string[]): void {
  const [name = '', ...figures] = cells;
  const right = figures.map((text) => text.padStart(18)).join('');
  process.stdout.write(`${name.padEnd(36)}${right}\n`);
}

const folder = mkdtempSync(join(tmpdir(), 'bench-jetstream-'));
const file = join(folder, 'events.jsonl');
try {
  await pipeline(Readable.from(lines()), createWriteStream(file));
  const simulator = await startChild(SIMULATOR, [
    '--port=0',
    `--file=${file}`,
    '--rebase',
  ]);
  const url = String(simulator.ready['url']);
  print(['client', 'events/s', 'CPU per event', 'asleep']);
  for (const client of Object.keys(CLIENTS)) {
    const speed = await measure(client, url, EVENTS);
    const asleep = await measure(client, url, 0);
    const grown = Number(asleep['grownBytes']) / 1024 / 1024;
    print([
      client,
      figure(speed['eventsPerSecond'], 0, ''),
      figure(speed['cpuMicrosPerEvent'], 1, 'µs'),
      'grownBytes' in asleep ? figure(grown, 0, 'MiB') : '-',
    ]);
  }
  await simulator.stop();
} finally {
  rmSync(folder, { recursive: true });
}
