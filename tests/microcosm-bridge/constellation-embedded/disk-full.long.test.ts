import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseEvent } from '../../../microcosm-bridge/constellation-embedded/event.js';
import { recordLinks } from '../../../microcosm-bridge/constellation-embedded/links/record-links.js';
import {
  generateEvents,
  startSimulator,
} from '../../../microcosm-bridge/jetstream-simulator/index.js';
import {
  health,
  healthUntil,
  startEmbeddedProcess,
} from '../../fixtures/embedded-process.js';
import { smallDisk } from '../../fixtures/small-disk.js';
import { request } from 'undici';

/** Size of the file system that is filled, MiB. */
const SIZE_MIB = 24;

/** How many records with links are left after these events, counted the plain way. */
function recordsLeft(lines: readonly string[]): number {
  const left = new Set<string>();
  for (const line of lines) {
    const event = parseEvent(line);
    if (event?.kind !== 'commit') continue;
    const key = `${event.did} ${event.collection} ${event.rkey}`;
    if (event.operation === 'delete') left.delete(key);
    else if (recordLinks(event.record).length > 0) left.add(key);
  }
  return left.size;
}

async function linkingRecords(api: string): Promise<number> {
  const { body } = await request(api);
  const { stats } = (await body.json()) as {
    stats: { linking_records: number };
  };
  return stats.linking_records;
}

t.test(
  'a full disk pauses indexing, the API answers on, and space lets it go on',
  async (t) => {
    const mount = smallDisk(t, `size=${SIZE_MIB}m`);
    if (mount === null) return;
    const simulator = await startSimulator({ withoutCursor: 'oldest' });
    t.teardown(() => simulator.close());
    const lines = [...generateEvents({ events: 40_000 })].map((line) =>
      line.trimEnd()
    );
    const newest = (JSON.parse(lines.at(-1) ?? '{}') as { time_us: number })
      .time_us;
    // Not the index's own reserve: the disk itself runs out, in mid-commit.
    const args = [
      '--data',
      join(mount, 'data'),
      '--jetstream',
      simulator.url,
      '--min-free-mib',
      '0',
    ];
    const ballast = join(mount, 'ballast');
    writeFileSync(ballast, Buffer.alloc(16 * 1024 * 1024));

    const index = await startEmbeddedProcess(args);
    t.teardown(() => index.end('SIGKILL'));
    simulator.push(lines.slice(0, 2000));
    await healthUntil(index.api, ({ events_total: total }) => total === 2000);
    simulator.push(lines.slice(2000));
    const paused = await healthUntil(index.api, (body) => body.paused !== null);
    t.equal(paused.verdict, 'stalled');
    t.match(paused.message, /indexing is paused: the disk of .* is full/);
    t.equal((await health(index.api)).status, 503);
    const answer = await request(`${index.api}/`);
    t.equal(answer.statusCode, 200, 'the API goes on answering');
    t.match(await answer.body.json(), { stats: { dids: Number } });

    rmSync(ballast);
    execFileSync('mount', ['-o', 'remount,size=256m', mount]);
    await healthUntil(
      index.api,
      ({ cursor, paused }) => cursor === newest && paused === null
    );
    const { body } = await health(index.api);
    t.ok(body.events_total >= lines.length, 'nothing is lost');
    t.equal(
      await linkingRecords(index.api),
      recordsLeft(lines),
      'nothing twice'
    );
    t.equal(await index.end('SIGTERM'), 0);

    const again = await startEmbeddedProcess(args);
    t.teardown(() => again.end('SIGKILL'));
    const stored = await healthUntil(
      again.api,
      ({ cursor }) => cursor !== null
    );
    t.equal(stored.cursor, newest, 'the store is whole');
  }
);
