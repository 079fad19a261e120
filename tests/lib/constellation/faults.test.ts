import t from 'tap';
import type { Test } from 'tap';
import {
  ConstellationClient,
  type ConstellationErrorCode,
  type ConstellationOptions,
} from '../../../lib/constellation/index.js';
import {
  CountServer,
  health,
  postLinks,
  type Fault,
} from '../../fixtures/client/count-server.js';
import * as faults from '../../fixtures/client/faults.js';
import { postUri } from '../../fixtures/client/tids.js';

const DEADLINE_MS = 1_000;
/** What a busy machine may add to a timer; far less than a second try. */
const BUSY_MS = 250;
const SINCE = new Date(Date.now() - 24 * 3_600_000).toISOString();
const TRUTH = 42;

const MINUTE_AGO_MS = Date.now() - 60_000;
let made = 0;
/** Another post made a minute ago, so that the local index knows all of it. */
function youngPost(): string {
  made += 1;
  return postUri(MINUTE_AGO_MS - made);
}

async function startPair(
  t: Test
): Promise<{ local: CountServer; remote: CountServer }> {
  const local = await CountServer.start();
  const remote = await CountServer.start();
  local.health = health('current', SINCE);
  t.teardown(async () => {
    await local.stop();
    await remote.stop();
  });
  return { local, remote };
}

function open(t: Test, options: ConstellationOptions): ConstellationClient {
  const client = new ConstellationClient({
    localSince: SINCE,
    deadlineMs: DEADLINE_MS,
    fallbackRequestsPerSecond: 0,
    ...options,
  });
  t.teardown(() => client.close());
  return client;
}

/** The time a promise takes, whatever comes of it. */
async function timed<T>(
  promise: Promise<T>
): Promise<{ ms: number; value: T | undefined; error: unknown }> {
  const startedMs = performance.now();
  const settled = await promise.then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error })
  );
  return { ms: performance.now() - startedMs, ...settled };
}

/** Each fault, and what an index behind which nobody stands fails with. */
const FAULTS: readonly (readonly [
  string,
  Fault | 'refused',
  ConstellationErrorCode,
])[] = [
  ['refuses connections', 'refused', 'UNREACHABLE'],
  ['is a black hole', faults.blackHole, 'DEADLINE'],
  ['drips', faults.drip, 'DEADLINE'],
  ['resets in mid-body', faults.resetInBody, 'CONNECTION_LOST'],
  ['answers 500', faults.status(500), 'HTTP_STATUS'],
  ['answers 429', faults.status(429), 'RATE_LIMITED'],
  [
    'answers 429 with Retry-After',
    faults.status(429, { 'retry-after': '60' }),
    'RATE_LIMITED',
  ],
  [
    'answers 503 with Retry-After',
    faults.status(503, { 'retry-after': '60' }),
    'RATE_LIMITED',
  ],
  ['answers HTML', faults.html, 'BAD_BODY'],
  ['answers nothing', faults.status(200), 'BAD_BODY'],
  ['answers other JSON', faults.json({ total: 7 }), 'BAD_SHAPE'],
  ['answers null', faults.json(null), 'BAD_SHAPE'],
  ['answers an empty object', faults.json({}), 'BAD_SHAPE'],
  [
    'answers negative counts',
    faults.json({ links: { a: { b: -1 } } }),
    'BAD_SHAPE',
  ],
  [
    'answers text for a count',
    faults.json({ links: postLinks(NaN) }),
    'BAD_SHAPE',
  ],
  ['answers a gigabyte', faults.gigabyte, 'BODY_TOO_LARGE'],
  [
    'redirects to itself',
    faults.status(302, { location: '/links/all/count' }),
    'REDIRECTED',
  ],
  ['speaks no HTTP', faults.notHttp, 'BAD_BODY'],
];

/** Asks until the local index answers by itself; fails where it never does. */
async function untilLocal(client: ConstellationClient): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const { source, partial } = await client.postStats(youngPost());
    if (source === 'local' && !partial) return;
    await new Promise((next) => setTimeout(next, 25));
  }
  throw new Error('the local index never answered');
}

/** Makes an index go wrong. */
async function spoil(
  server: CountServer,
  fault: Fault | 'refused'
): Promise<void> {
  if (fault === 'refused') await server.stop();
  else server.fault = fault;
}

t.test(
  'whatever the local index does, the remote answers in time',
  async (t) => {
    const well = [];
    for (const [what, fault] of FAULTS) {
      const pair = await startPair(t);
      const client = open(t, {
        url: pair.local.url,
        fallbackUrl: pair.remote.url,
      });
      await untilLocal(client);
      well.push({ what, fault, client, ...pair });
    }
    const each = well.map(async ({ what, fault, client, local, remote }) => {
      const uri = youngPost();
      remote.links.set(uri, postLinks(TRUTH));
      await spoil(local, fault);
      const { ms, value } = await timed(client.postStats(uri));
      t.match(
        value,
        { source: 'remote', partial: false, value: { likes: TRUTH } },
        `${what}: the remote answers`
      );
      t.ok(ms < DEADLINE_MS + BUSY_MS, `${what}: after ${ms} ms`);
      t.ok(client.stats().fallbacks > 0, `${what}: it is counted`);
    });
    await Promise.all(each);
  }
);

t.test(
  'where nobody stands behind it, it fails by name and in time',
  async (t) => {
    const each = FAULTS.map(async ([what, fault, code]) => {
      const { local } = await startPair(t);
      const client = open(t, { url: local.url, fallbackUrl: 'off' });
      await spoil(local, fault);
      const { ms, error } = await timed(client.postStats(youngPost()));
      t.match(error, { code }, `${what}: ${code}`);
      t.ok(ms < DEADLINE_MS + BUSY_MS, `${what}: after ${ms} ms`);
    });
    await Promise.all(each);
  }
);

t.test('a gigabyte costs no memory', async (t) => {
  const { local } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: 'off' });
  local.fault = faults.gigabyte;
  const before = process.memoryUsage().rss;
  await t.rejects(client.postStats(youngPost()), { code: 'BODY_TOO_LARGE' });
  const grownMb = (process.memoryUsage().rss - before) / 1024 / 1024;
  t.ok(grownMb < 100, `${grownMb} MB more`);
});

t.test('a redirect is followed nowhere', async (t) => {
  const { local, remote: elsewhere } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: 'off' });
  local.fault = faults.status(301, {
    location: `${elsewhere.url}/links/all/count`,
  });
  await t.rejects(client.postStats(youngPost()), {
    code: 'REDIRECTED',
    status: 301,
  });
  t.strictSame(elsewhere.requests, []);
});

t.test('an index that asks for patience is left alone', async (t) => {
  const { local, remote } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: remote.url });
  local.fault = faults.status(429, { 'retry-after': '60' });
  for (let count = 0; count < 3; count += 1) {
    t.match(await client.postStats(youngPost()), { source: 'remote' });
  }
  t.equal(local.requests.length, 1);
  const { main } = client.stats();
  t.ok(main.pausedMs > 50_000 && main.pausedMs <= 60_000);
  t.equal(main.breaker, 'closed', 'it is not at fault');
});

t.test('a short Retry-After is waited for', async (t) => {
  const { local } = await startPair(t);
  const client = open(t, {
    url: local.url,
    fallbackUrl: 'off',
    deadlineMs: 5_000,
  });
  const uri = youngPost();
  local.links.set(uri, postLinks(TRUTH));
  local.fault = (request, response) => {
    local.fault = null;
    faults.status(429, { 'retry-after': '1' })(request, response);
  };
  const { ms, value } = await timed(client.postStats(uri));
  t.match(value, { source: 'local', value: { likes: TRUTH } });
  t.ok(ms >= 990, `${ms} ms`);
});

t.test('a page of posts is not slower for an index that is gone', async (t) => {
  const { local, remote } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: remote.url });
  local.fault = faults.blackHole;
  local.faultEverywhere = true;
  for (const page of ['first', 'second']) {
    const uris = Array.from({ length: 50 }, youngPost);
    for (const uri of uris) remote.links.set(uri, postLinks(TRUTH));
    const { ms, value } = await timed(client.postStatsOf(uris));
    t.equal(value?.failures.size, 0, `${page}: all answered`);
    for (const answer of value?.answers.values() ?? []) {
      if (answer.value.likes !== TRUTH || answer.partial)
        t.fail('a wrong number');
    }
    t.ok(ms < DEADLINE_MS + BUSY_MS, `${page}: ${ms} ms`);
  }
});

t.test('it comes back by itself', async (t) => {
  const { local, remote } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: remote.url });
  await local.stop();
  for (let count = 0; count < 5; count += 1) {
    t.match(await client.postStats(youngPost()), { source: 'remote' });
  }
  await local.listen();
  await untilLocal(client);
});

t.test('both down is said, with both reasons, and never a zero', async (t) => {
  const { local, remote } = await startPair(t);
  const client = open(t, {
    url: local.url,
    fallbackUrl: remote.url,
    retries: 0,
  });
  local.fault = faults.status(500);
  remote.fault = faults.html;
  const { ms, error } = await timed(client.postStats(youngPost()));
  t.match(error, {
    code: 'UNAVAILABLE',
    causes: [{ code: 'HTTP_STATUS' }, { code: 'BAD_BODY' }],
  });
  t.ok(ms < DEADLINE_MS + BUSY_MS);
  const { answers, failures } = await client.postStatsOf([youngPost()]);
  t.equal(answers.size, 0);
  t.equal(failures.size, 1);
});
