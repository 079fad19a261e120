/**
 * The whole way of an AppView: remote only, a young local index beside it, the
 * switch, a killed local index, its return, and back to remote only. A feed is
 * asked all the while, and the timeline printed; `npm run demo:migration`
 * shows it alone.
 */

import t from 'tap';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ConstellationClient,
  type ConstellationOptions,
} from '../../../lib/constellation/index.js';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { DID, tidAt } from '../../fixtures/client/tids.js';
import {
  healthUntil,
  startEmbeddedProcess,
  type EmbeddedProcess,
} from '../../fixtures/embedded-process.js';

const DEADLINE_MS = 3_000;
/** What a busy machine may add to a timer. */
const BUSY_MS = 500;
const LIKE = 'app.bsky.feed.like';

/** What a feed showed of a post. */
interface Shown {
  readonly likes: number;
  readonly source: string;
}

const folder = mkdtempSync(path.join(tmpdir(), 'migration-'));
const simulator = await startSimulator();
const indexes = new Set<EmbeddedProcess>();
t.teardown(async () => {
  for (const index of indexes) await index.end('SIGKILL');
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startIndex(
  name: string,
  bind = '127.0.0.1:0'
): Promise<EmbeddedProcess> {
  const index = await startEmbeddedProcess([
    ...['--data', path.join(folder, name), '--bind', bind],
    ...['--jetstream', simulator.url],
  ]);
  indexes.add(index);
  await healthUntil(index.api, ({ connected }) => connected);
  return index;
}

/** Likes given so far, by post. */
const truth = new Map<string, number>();
let made = 0;
let newestUs = 0;

/** Somebody likes a post. */
function like(uri: string): void {
  made += 1;
  newestUs = Math.max(newestUs + 1, Date.now() * 1000);
  const rkey = tidAt(Date.now() * 1_000 + made).slice(0, 13);
  truth.set(uri, (truth.get(uri) ?? 0) + 1);
  const record = {
    $type: LIKE,
    subject: { uri, cid: 'bafyreib2rxk3rh6kzwq' },
    createdAt: new Date().toISOString(),
  };
  simulator.push([
    JSON.stringify({
      did: `did:plc:liker${made}`,
      time_us: newestUs,
      kind: 'commit',
      commit: {
        rev: rkey,
        operation: 'create',
        collection: LIKE,
        rkey: `3k${made}`,
        record,
        cid: record.subject.cid,
      },
    }),
  ]);
}

function newPost(madeAtMs: number): string {
  const uri = `at://${DID}/app.bsky.feed.post/${tidAt(madeAtMs)}`;
  truth.set(uri, 0);
  return uri;
}

t.test(
  'an AppView moves to a local index and back, and nobody notices',
  async (t) => {
    const startedMs = performance.now();
    const faults: string[] = [];
    const last = new Map<string, Shown>();
    let calls = 0;
    let slowestMs = 0;
    const say = (what: string): void => {
      const sources = [...last.values()].map(({ source }) => source);
      const by = ['remote', 'merged', 'local']
        .map(
          (source) =>
            `${source} ${sources.filter((one) => one === source).length}`
        )
        .join(', ');
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      t.comment(
        `${seconds.padStart(5)} s  ${what.padEnd(34)} ${calls} calls, slowest ${slowestMs.toFixed(0)} ms; posts by origin: ${by}`
      );
    };

    /** Asks for the whole feed and judges what it would show. */
    async function askFeed(client: ConstellationClient): Promise<void> {
      const uris = [...truth.keys()];
      const beforeMs = performance.now();
      const { answers, failures } = await client.postStatsOf(uris);
      const tookMs = performance.now() - beforeMs;
      calls += 1;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > DEADLINE_MS + BUSY_MS)
        faults.push(`a call took ${tookMs} ms`);
      for (const [uri, error] of failures)
        faults.push(`${uri} lost: ${error.code}`);
      for (const [uri, { value, partial, origin }] of answers) {
        const before = last.get(uri);
        if (partial) faults.push(`${uri} is partial`);
        if (value.likes < (before?.likes ?? 0)) {
          faults.push(
            `${uri} went down from ${before?.likes} (${before?.source}) to ${value.likes} (${origin})`
          );
        }
        if (value.likes > (truth.get(uri) ?? 0))
          faults.push(`${uri} is too high`);
        last.set(uri, { likes: value.likes, source: origin ?? 'unknown' });
      }
    }

    /** Asks and likes until it is so; bounded. */
    async function goOn(
      client: ConstellationClient,
      done: () => boolean
    ): Promise<void> {
      const untilMs = performance.now() + 30_000;
      do {
        const uris = [...truth.keys()];
        like(uris[made % uris.length] ?? '');
        await askFeed(client);
        await new Promise((next) => setTimeout(next, 60));
      } while (!done() && performance.now() < untilMs);
      t.ok(done(), 'it came to that');
    }
    const rounds = (count: number): (() => boolean) => {
      const end = calls + count;
      return () => calls >= end;
    };
    /** Every number shown is the true one. */
    const allTrue = (): boolean =>
      [...truth].every(([uri, likes]) => {
        const shown = last.get(uri)?.likes ?? -1;
        return shown >= likes - 1; // the like of this round is on its way
      });
    const open = (options: ConstellationOptions): ConstellationClient =>
      new ConstellationClient({
        deadlineMs: DEADLINE_MS,
        ttlSeconds: 0.2,
        staleWhileRefreshSeconds: 0.2,
        requestsPerSecond: 0,
        fallbackRequestsPerSecond: 0,
        coverageMarginMs: 100,
        ...options,
      });

    const remote = await startIndex('remote');
    const old = Array.from({ length: 8 }, (_, index) =>
      newPost(Date.now() - 3_600_000 - index)
    );
    for (let round = 0; round < 20; round += 1)
      for (const uri of old) like(uri);
    await healthUntil(remote.api, ({ events_total }) => events_total >= 160);
    let client = open({ url: remote.api, local: false });
    await goOn(client, rounds(10));
    say('remote only');

    const local = await startIndex('local');
    await goOn(client, rounds(1)); // the first event is what it knows all since
    const { complete_since } = await healthUntil(
      local.api,
      (body) => body.complete_since !== null
    );
    await new Promise((next) => setTimeout(next, 150));
    const young = Array.from({ length: 4 }, (_, index) =>
      newPost(Date.now() - index)
    );
    await goOn(client, rounds(10));
    say('setup: a young local index beside it');

    await client.close();
    await new Promise((next) => setTimeout(next, 1_000)); // the container is made anew
    const options = {
      url: local.api,
      fallbackUrl: remote.api,
      localSince: complete_since ?? undefined,
    };
    client = open(options);
    await goOn(client, () =>
      young.every((uri) => last.get(uri)?.source === 'local')
    );
    await goOn(client, allTrue);
    t.ok(
      old.every((uri) => last.get(uri)?.source !== 'local'),
      'old posts are not believed'
    );
    say('AppView switched: young posts local');

    const port = new URL(local.api).port;
    const killed = local.end('SIGKILL');
    await goOn(client, () =>
      young.every((uri) => last.get(uri)?.source === 'remote')
    );
    await killed;
    indexes.delete(local);
    young.push(newPost(Date.now()));
    await goOn(client, rounds(15));
    say('local index killed');

    await startIndex('local', `127.0.0.1:${port}`);
    await goOn(client, () =>
      young.every((uri) => last.get(uri)?.source === 'local')
    );
    await goOn(client, allTrue);
    say('local index back by itself');

    await client.close();
    await new Promise((next) => setTimeout(next, 1_000));
    client = open({ url: remote.api, local: false });
    await goOn(client, rounds(10));
    await goOn(client, allTrue);
    say('teardown: remote only again');
    await client.close();

    t.strictSame(
      faults,
      [],
      'no count went down, no call was late, none was lost'
    );
  }
);
