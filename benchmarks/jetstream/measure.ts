/**
 * One client in a process of its own, started by `../jetstream-client.ts`:
 *
 *   measure.ts CLIENT URL EVENTS WARM_UP_EVENTS
 *
 * Prints one line of JSON. With EVENTS 0 it reads once and then sleeps, to see
 * what is piled up meanwhile.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENTS } from './clients.js';

/** How long a sleeping reader sleeps. */
const SLEEP_MS = 3000;

async function speed(
  stream: AsyncIterable<number>,
  events: number,
  warmUp: number
): Promise<unknown> {
  let read = 0;
  let measured = 0;
  let startMs = 0;
  let startCpu = process.cpuUsage();
  for await (const count of stream) {
    read += count;
    if (startMs === 0 && read >= warmUp) {
      startMs = performance.now();
      startCpu = process.cpuUsage();
    } else if (startMs > 0) {
      measured += count;
    }
    if (measured >= events) break;
  }
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(startCpu);
  return {
    eventsPerSecond: measured / seconds,
    cpuMicrosPerEvent: (user + system) / measured,
  };
}

async function sleeping(stream: AsyncIterable<number>): Promise<unknown> {
  for await (const _ of stream) {
    const before = process.memoryUsage.rss();
    await sleep(SLEEP_MS);
    return { grownBytes: process.memoryUsage.rss() - before };
  }
  return {};
}

const [name = '', url = '', events = '0', warmUp = '0'] = process.argv.slice(2);
const client = CLIENTS[name];
if (client === undefined) throw new Error(`no client ${name}`);
const stream = client(url, new AbortController().signal);
const result =
  events === '0'
    ? await sleeping(stream)
    : await speed(stream, Number(events), Number(warmUp));
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
