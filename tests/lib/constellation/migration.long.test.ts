/**
 * The whole way of an AppView: remote only, scripts/setup.ts beside it, which
 * starts a local index and switches the AppView's `.env`, the index killed and
 * set up again, and back to remote only with scripts/teardown.ts. A feed is
 * asked all the while through the drop-in, also while the scripts run, and the
 * timeline printed;
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
import { EmbeddedRuntime } from '../../../lib/runtime/embedded/embedded-runtime.js';
import { stateFolder } from '../../../lib/runtime/state-folder.js';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { startProgram } from '../../fixtures/cli/run.js';
import { DropIn, withoutConstellation } from '../../fixtures/client/drop-in.js';
import { JudgedFeed } from '../../fixtures/client/judged-feed.js';
import { DID, postUri, tidAt } from '../../fixtures/client/tids.js';
import {
  healthUntil,
  startEmbeddedProcess,
  type EmbeddedProcess,
} from '../../fixtures/embedded-process.js';
import { freePort } from '../../fixtures/free-port.js';

const DEADLINE_MS = 3_000;
/** So that the numbers change within the test's time. */
const TTL_SECONDS = 1;
const LIKE = 'app.bsky.feed.like';
const FOLLOW = 'app.bsky.graph.follow';
const PHASE_MS = 90_000;

const folder = mkdtempSync(path.join(tmpdir(), 'migration-'));
const simulator = await startSimulator();
const appview = path.join(folder, 'appview');
const env = path.join(appview, '.env');
const state = path.join(folder, 'state');
const dropIn = new DropIn(env);
const feed = new JudgedFeed(dropIn, DID, DEADLINE_MS);
let index: EmbeddedProcess | null = null;
t.teardown(async () => {
  await dropIn.close();
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
    // Neither the machine's own settings nor the AppView's are the script's.
    withoutConstellation()
  ).ended;
  return code === 0 ? null : `${name} ended with ${code}: ${stdout}${stderr}`;
}

let made = 0;
let newestUs = 0;

/** Another account writes a record. */
function write(collection: string, subject: unknown): void {
  made += 1;
  if (collection === FOLLOW) feed.followers += 1;
  newestUs = Math.max(newestUs + 1, Date.now() * 1000);
  simulator.push([
    JSON.stringify({
      did: `did:plc:reader${made}`,
      time_us: newestUs,
      kind: 'commit',
      commit: {
        rev: tidAt(Date.now()),
        operation: 'create',
        collection,
        rkey: `3k${made}`,
        record: {
          $type: collection,
          subject,
          createdAt: new Date().toISOString(),
        },
        cid: 'bafyreib2rxk3rh6kzwq',
      },
    }),
  ]);
}

function like(uri: string): void {
  feed.likes.set(uri, (feed.likes.get(uri) ?? 0) + 1);
  write(LIKE, { uri, cid: 'bafyreib2rxk3rh6kzwq' });
}

function newPost(madeAtMs: number): string {
  const uri = postUri(madeAtMs);
  feed.likes.set(uri, 0);
  return uri;
}

/** Somebody likes one of these posts and the feed is asked, again and again. */
async function goOn(
  done: () => Promise<boolean> | boolean,
  liked: readonly string[] = [...feed.likes.keys()],
  ask = (): Promise<void> => feed.askAll()
): Promise<boolean> {
  const untilMs = performance.now() + PHASE_MS;
  do {
    like(liked[made % liked.length] ?? '');
    if (made % 4 === 0) write(FOLLOW, DID);
    await ask();
    await pause();
  } while (!(await done()) && performance.now() < untilMs);
  return done();
}

/** Nobody likes any more, until every number that is shown is the true one. */
async function settle(): Promise<boolean> {
  const untilMs = performance.now() + PHASE_MS;
  do {
    await feed.askAll();
    await pause();
  } while (!feed.isTrue && performance.now() < untilMs);
  return feed.isTrue;
}

function pause(): Promise<void> {
  return new Promise((next) => setTimeout(next, 60));
}

/** For how many calls to go on. */
function calls(count: number): () => boolean {
  const end = feed.calls + count;
  return () => feed.calls >= end;
}

/** The requests to the indexes so far. */
async function requests(): Promise<readonly [main: number, fallback: number]> {
  const { client } = (await dropIn.current()).getStats();
  return [client?.main.requests ?? 0, client?.fallback?.requests ?? 0];
}

/** Goes on until these posts are renewed by the local index alone. */
async function untilInTheHouse(posts: readonly string[]): Promise<boolean> {
  let sinceMs = -Infinity;
  let before: readonly [number, number] = [0, 0];
  const stayed = async (): Promise<boolean> => {
    const [main, fallback] = await requests();
    if (fallback !== before[1] || sinceMs === -Infinity) {
      sinceMs = performance.now();
      before = [main, fallback];
    }
    const forMs = performance.now() - sinceMs;
    return forMs > 3_000 * TTL_SECONDS && main > before[0];
  };
  return await goOn(stayed, posts, () => feed.askPosts(posts));
}

t.test(
  'an AppView moves to a local index and back, and nobody notices',
  async (t) => {
    const startedMs = performance.now();
    const say = async (what: string): Promise<void> => {
      t.ok(await settle(), `${what}: all numbers are the true ones`);
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      const { local, remote, kept } = await feed.effort();
      t.comment(
        `${seconds.padStart(5)} s  ${what.padEnd(32)} ${String(feed.calls).padStart(4)} calls, slowest ${feed.slowestMs.toFixed(0)} ms; requests: local ${local}, remote ${remote}; answered from memory ${kept}`
      );
    };
    /** Goes on while a script runs, which has to succeed. */
    const during = async (running: Promise<string | null>): Promise<void> => {
      let said: string | null | undefined;
      void running.then((value) => (said = value));
      await goOn(() => said !== undefined);
      t.equal(said, null, 'the script did what it should');
    };

    const remote = await startRemote();
    mkdirSync(appview);
    const before = [
      '# the public instance',
      'CONSTELLATION_ENABLED=true',
      `CONSTELLATION_URL=${remote.api}`,
      'CONSTELLATION_LOCAL=false',
      `CONSTELLATION_TIMEOUT=${DEADLINE_MS}`,
      `CONSTELLATION_FALLBACK_URL=${remote.api}`,
      `CONSTELLATION_CACHE_TTL=${TTL_SECONDS}`,
      // It is this machine's, and nobody else's.
      'CONSTELLATION_REQUEST_DELAY=0',
      'CONSTELLATION_FALLBACK_REQUEST_DELAY=0',
      '',
    ].join('\n');
    writeFileSync(env, before);
    const port = String(await freePort());
    const setupFlags = [
      ...['--runtime', 'embedded', '--jetstream', simulator.url],
      ...['--timeout', String(DEADLINE_MS), '--no-bridge', '--port', port],
      ...['--cache-ttl', String(TTL_SECONDS)],
      ...['--metrics-port', String(await freePort())],
    ];
    const setup = (): Promise<string | null> => script('setup', ...setupFlags);
    const old = Array.from({ length: 8 }, (_, number) =>
      newPost(Date.now() - 3_600_000 - number)
    );
    for (let round = 0; round < 20; round += 1)
      for (const uri of old) like(uri);
    await healthUntil(remote.api, ({ events_total }) => events_total >= 160);
    t.ok(await goOn(calls(60)));
    await say('remote only');

    await during(setup());
    t.match(
      readFileSync(env, 'utf8'),
      `CONSTELLATION_URL=http://127.0.0.1:${port}`
    );
    await say('setup: a young local index');

    // Ten seconds are added to since when it is complete, for authors' clocks.
    const youngMs = Date.now() + 10_500;
    t.ok(await goOn(() => Date.now() > youngMs));
    const young = Array.from({ length: 4 }, (_, number) =>
      newPost(Date.now() - number)
    );
    t.ok(await untilInTheHouse(young), 'young posts stay in the house');
    await say('caught up: young posts local');

    const runtime = new EmbeddedRuntime({ folder: stateFolder(state) });
    const { parts } = await runtime.status();
    const pid = Number(parts.find(({ name }) => name === 'index')?.id);
    process.kill(pid, 'SIGKILL');
    young.push(newPost(Date.now()));
    t.ok(await goOn(calls(90)));
    const { client } = (await dropIn.current()).getStats();
    t.match(client?.main, { deployment: 'local', breaker: /open/ });
    await say('local index killed');

    await during(setup());
    t.ok(await untilInTheHouse(young), 'young posts stay in the house');
    await say('set up again: local index back');

    await during(script('teardown'));
    t.equal(readFileSync(env, 'utf8'), before, 'as it was before');
    t.ok(await goOn(calls(60)));
    t.match((await dropIn.current()).getStats().client, {
      main: { deployment: 'remote', url: remote.api },
      fallback: null,
    });
    await say('teardown: remote only again');

    t.strictSame(
      feed.faults,
      [],
      'no number went down, no call was late, none was lost'
    );
  }
);
