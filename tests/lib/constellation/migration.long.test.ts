/**
 * The whole way of an AppView: remote only, scripts/setup.ts beside it, which
 * starts a local index and switches the AppView's `.env`, the index killed and
 * set up again, and back to remote only with scripts/teardown.ts. A feed is
 * asked all the while, also while the scripts run, and the timeline printed;
 * `npm run demo:migration` shows it alone.
 */

import t from 'tap';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'dotenv';
import {
  ConstellationClient,
  optionsFrom,
} from '../../../lib/constellation/index.js';
import { EmbeddedRuntime } from '../../../lib/runtime/embedded/embedded-runtime.js';
import { stateFolder } from '../../../lib/runtime/state-folder.js';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { startProgram } from '../../fixtures/cli/run.js';
import { DID, tidAt } from '../../fixtures/client/tids.js';
import {
  healthUntil,
  startEmbeddedProcess,
  type EmbeddedProcess,
} from '../../fixtures/embedded-process.js';
import { freePort } from '../../fixtures/redis-server.js';

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
const appview = path.join(folder, 'appview');
const env = path.join(appview, '.env');
const state = path.join(folder, 'state');
let index: EmbeddedProcess | null = null;
t.teardown(async () => {
  await script('teardown', '--force');
  await index?.end('SIGKILL');
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The public instance. */
async function startRemote(): Promise<EmbeddedProcess> {
  index = await startEmbeddedProcess([
    ...['--data', path.join(folder, 'remote'), '--bind', '127.0.0.1:0'],
    ...['--jetstream', simulator.url],
  ]);
  await healthUntil(index.api, ({ connected }) => connected);
  return index;
}

/** The machine's own settings are not the test's. */
const ENV: Readonly<Record<string, undefined>> = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(CONSTELLATION_|JETSTREAM_URL$|REDIS_URL$)/.test(name))
    .map((name) => [name, undefined])
);

/** Runs a script as an operator does. @returns what it said, where it failed */
async function script(
  name: 'setup' | 'teardown',
  ...flags: readonly string[]
): Promise<string | null> {
  const { code, stdout, stderr } = await startProgram(
    'npx',
    [
      ...['zx', `scripts/${name}.ts`, '--yes', '--state', state],
      ...['--appview', appview, ...flags],
    ],
    ENV
  ).ended;
  return code === 0 ? null : `${name} ended with ${code}: ${stdout}${stderr}`;
}

/** The AppView's client, made anew where its `.env` has changed. */
class AppView {
  #text = '';
  #client: ConstellationClient | null = null;

  async client(): Promise<ConstellationClient> {
    const text = readFileSync(env, 'utf8');
    if (this.#client !== null && text === this.#text) return this.#client;
    await this.close();
    this.#text = text;
    this.#client = new ConstellationClient({
      ...optionsFrom(parse(text)),
      // So that the numbers change within the test's time.
      ttlSeconds: 0.2,
      staleWhileRefreshSeconds: 0.2,
      requestsPerSecond: 0,
      fallbackRequestsPerSecond: 0,
      coverageMarginMs: 100,
    });
    return this.#client;
  }

  async close(): Promise<void> {
    await this.#client?.close();
    this.#client = null;
  }
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
    const view = new AppView();
    t.teardown(() => view.close());
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
    async function askFeed(): Promise<void> {
      const client = await view.client();
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
    async function goOn(done: () => boolean): Promise<void> {
      const untilMs = performance.now() + 60_000;
      do {
        const uris = [...truth.keys()];
        like(uris[made % uris.length] ?? '');
        await askFeed();
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
    /** Goes on while a script runs, which has to succeed. */
    async function during(running: Promise<string | null>): Promise<void> {
      let said: string | null | undefined;
      void running.then((value) => (said = value));
      await goOn(() => said !== undefined);
      t.equal(said, null, 'the script did what it should');
    }
    const setup = async (): Promise<string | null> =>
      await script('setup', ...setupFlags);
    const allFrom = (posts: readonly string[], source: string): boolean =>
      posts.every((uri) => last.get(uri)?.source === source);

    const remote = await startRemote();
    mkdirSync(appview);
    const before = [
      '# the public instance',
      'CONSTELLATION_ENABLED=true',
      `CONSTELLATION_URL=${remote.api}`,
      'CONSTELLATION_LOCAL=false',
      `CONSTELLATION_TIMEOUT=${DEADLINE_MS}`,
      `CONSTELLATION_FALLBACK_URL=${remote.api}`,
      '',
    ].join('\n');
    writeFileSync(env, before);
    const port = String(await freePort());
    const setupFlags = [
      ...['--runtime', 'embedded', '--jetstream', simulator.url],
      ...['--timeout', String(DEADLINE_MS), '--no-bridge', '--port', port],
      ...['--metrics-port', String(await freePort())],
    ];
    const old = Array.from({ length: 8 }, (_, index) =>
      newPost(Date.now() - 3_600_000 - index)
    );
    for (let round = 0; round < 20; round += 1)
      for (const uri of old) like(uri);
    await healthUntil(remote.api, ({ events_total }) => events_total >= 160);
    await goOn(rounds(10));
    say('remote only');

    await during(setup());
    t.match(
      readFileSync(env, 'utf8'),
      `CONSTELLATION_URL=http://127.0.0.1:${port}`
    );
    say('setup: a young local index');

    const young = Array.from({ length: 4 }, (_, index) =>
      newPost(Date.now() - index)
    );
    await goOn(() => allFrom(young, 'local'));
    await goOn(allTrue);
    t.ok(
      old.every((uri) => last.get(uri)?.source !== 'local'),
      'old posts are not believed'
    );
    say('caught up: young posts local');

    const runtime = new EmbeddedRuntime({ folder: stateFolder(state) });
    const { parts } = await runtime.status();
    const pid = Number(parts.find(({ name }) => name === 'index')?.id);
    process.kill(pid, 'SIGKILL');
    await goOn(() => allFrom(young, 'remote'));
    young.push(newPost(Date.now()));
    await goOn(rounds(15));
    say('local index killed');

    await during(setup());
    await goOn(() => allFrom(young, 'local'));
    await goOn(allTrue);
    say('set up again: local index back');

    await during(script('teardown'));
    t.equal(readFileSync(env, 'utf8'), before, 'as it was before');
    await goOn(() => allFrom([...young, ...old], 'remote'));
    await goOn(allTrue);
    say('teardown: remote only again');
    await view.close();

    t.strictSame(
      faults,
      [],
      'no count went down, no call was late, none was lost'
    );
  }
);
