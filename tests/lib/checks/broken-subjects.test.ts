/** Breaks the subject of each check in turn, on real processes. */

import { readFileSync, writeFileSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import {
  CHECK_LIMITS,
  CHECKS,
  openContext,
  runChecks,
  type CheckLimits,
  type CheckResult,
} from '../../../lib/checks/index.js';
import { EMBEDDED_PROGRAMS } from '../../../lib/runtime/embedded/embedded-command.js';
import { EmbeddedRuntime } from '../../../lib/runtime/embedded/embedded-runtime.js';
import { stateFolder } from '../../../lib/runtime/state-folder.js';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { healthUntil } from '../../fixtures/embedded-process.js';
import {
  alterJson,
  startIndexProxy,
  type ProxyFault,
} from '../../fixtures/index-proxy.js';
import { NO_REDIS, startRedis } from '../../fixtures/redis-server.js';

if (NO_REDIS !== undefined && process.env['CI'] !== undefined) {
  t.fail(`${NO_REDIS}: apt-get install redis-server`);
}

const root = t.testdir({ state: {}, appview: {} });
const folder = stateFolder(path.join(root, 'state'));
const appview = path.join(root, 'appview');
const simulator = await startSimulator({
  sample: true,
  withoutCursor: 'oldest',
  live: { eventsPerSecond: 20 },
});
const runtime = new EmbeddedRuntime({
  folder,
  programs: {
    ...EMBEDDED_PROGRAMS,
    index: new URL('../../fixtures/impatient-index.ts', import.meta.url)
      .pathname,
  },
});
t.teardown(async () => {
  await runtime.stop({ force: true, deadlineMs: 5000 });
  await simulator.close();
});
const started = await runtime.start({
  bind: '127.0.0.1',
  port: 0,
  metricsPort: null,
  jetstream: [simulator.url],
  dataPath: null,
  logLevel: 'info',
  workers: 1,
  sample: false,
});
const api = started.urls?.api ?? '';
const proxy = await startIndexProxy(api);
t.teardown(() => proxy.close());
const redis = NO_REDIS === undefined ? await startRedis() : null;
t.teardown(() => redis?.stop());
function writeEnv(url: string, enabled = 'true'): void {
  const lines = [
    `CONSTELLATION_ENABLED=${enabled}`,
    `CONSTELLATION_URL=${url}`,
    'CONSTELLATION_LOCAL=true',
    `REDIS_URL=${redis?.url ?? ''}`,
  ];
  writeFileSync(path.join(appview, '.env'), `${lines.join('\n')}\n`);
}
writeEnv(api);
await healthUntil(api, ({ verdict, events_total }) => {
  return verdict === 'current' && events_total > 2500;
});

/** Runs the checks; the limits leave room for a busy machine. */
async function check(
  limits: Partial<CheckLimits> = {},
  only?: string
): Promise<readonly CheckResult[]> {
  const { context, close } = await openContext({
    runtime,
    url: proxy.url,
    defaultUrl: api,
    target: null,
    appview: { folder: appview, knownBy: 'the test' },
    redisUrl: undefined,
    env: {},
    envFile: path.join(root, 'none'),
    limits: {
      ...CHECK_LIMITS,
      apartMs: 400,
      requests: 20,
      maxLatencyMs: 2000,
      ...limits,
    },
  });
  try {
    return await runChecks(CHECKS, context, {
      deadlineMs: 30_000,
      only: only === undefined ? undefined : new Set([only]),
    });
  } finally {
    await close();
  }
}

/** Ids by status; skips of what was not broken by the test do not count. */
function broken(results: readonly CheckResult[]): {
  readonly failed: readonly string[];
  readonly dragged: readonly string[];
} {
  const ids = (list: readonly CheckResult[]): string[] =>
    list.map(({ id }) => id);
  return {
    failed: ids(results.filter(({ status }) => status === 'fail')),
    dragged: ids(results.filter(({ blockedBy }) => blockedBy !== undefined)),
  };
}

/** Asserts that exactly these failed, and that the failure helps. */
function assertBroken(
  t: Test,
  results: readonly CheckResult[],
  failed: readonly string[],
  dragged: readonly string[] = []
): CheckResult {
  t.strictSame(broken(results), { failed, dragged }, JSON.stringify(results));
  const first = results.find(({ status }) => status === 'fail');
  if (first === undefined) throw new Error('nothing failed');
  for (const text of [first.seen, first.expected, first.suggestion]) {
    t.ok(text !== undefined && text !== '', 'a failure helps');
  }
  return first;
}

t.test('all is well: nothing fails and nothing is skipped', async (t) => {
  const results = await check();
  const others = results.filter(({ status }) => status !== 'pass');
  const expected = redis === null ? ['redis'] : [];
  t.strictSame(
    others.map(({ id }) => id),
    expected,
    JSON.stringify(others)
  );
  t.equal(results.length, 9);
});

const by1 = alterJson((body) => {
  body['total'] = Number(body['total']) + 1;
});
type Counts = Record<string, Record<string, Record<string, number>>>;
const WRONG_BY_ONE: ReadonlyArray<[string, ProxyFault['alter']]> = [
  ['/links/count', undefined],
  ['/links/count/distinct-dids', undefined],
  ['/links', undefined],
  ['/links/distinct-dids', undefined],
  ['/xrpc/blue.microcosm.links.getBacklinksCount', undefined],
  ['/xrpc/blue.microcosm.links.getBacklinks', undefined],
  ['/xrpc/blue.microcosm.links.getBacklinkDids', undefined],
];
for (const [wrong] of WRONG_BY_ONE) {
  t.test(`a total of ${wrong} that is wrong by one is caught`, async (t) => {
    proxy.setFault({
      alter: (path, answer) =>
        // Nothing is linked to what does not exist: only real ones are wrong.
        path === wrong && !answer.text.includes('"total":0')
          ? by1(answer)
          : answer,
    });
    const [result] = await check({}, 'endpoints');
    t.equal(result?.status, 'fail', JSON.stringify(result));
    t.match(result?.seen, wrong);
  });
}

t.test('a number of /links/all that is wrong by one is caught', async (t) => {
  for (const field of ['records', 'distinct_dids']) {
    proxy.setFault({
      alter: (path, answer) =>
        path === '/links/all'
          ? alterJson((body) => {
              for (const paths of Object.values(body['links'] as Counts)) {
                for (const counts of Object.values(paths)) {
                  counts[field] = (counts[field] ?? 0) + 1;
                }
              }
            })(answer)
          : answer,
    });
    const [result] = await check({}, 'endpoints');
    t.equal(result?.status, 'fail', JSON.stringify(result));
    t.match(result?.seen, `/links/all ${field}`);
  }
});

t.test('a list that lacks one is caught, everywhere or once', async (t) => {
  for (const paths of [
    ['/links'],
    ['/links', '/xrpc/blue.microcosm.links.getBacklinks'],
  ]) {
    proxy.setFault({
      alter: (path, answer) =>
        paths.includes(path)
          ? alterJson((body) => {
              const list = body['linking_records'] ?? body['records'];
              if (Array.isArray(list) && body['cursor'] === null) list.pop();
            })(answer)
          : answer,
    });
    const [result] = await check({}, 'endpoints');
    t.equal(result?.status, 'fail', JSON.stringify(result));
  }
});

t.test(
  'a limit that is not refused is caught, and nothing else fails',
  async (t) => {
    proxy.setFault({
      alter: (_, answer) =>
        answer.status === 400 ? { status: 200, text: '{}' } : answer,
    });
    const failure = assertBroken(t, await check(), ['endpoints']);
    t.match(failure.seen, 'answered 200');
  }
);

t.test('a frozen /health is found out by two readings', async (t) => {
  proxy.setFault({ freeze: '/health' });
  const failure = assertBroken(t, await check(), ['health']);
  t.match(failure.message, 'frozen');
});

t.test('slow answers fail the performance check alone', async (t) => {
  proxy.setFault({
    delayMs: (path, count) =>
      path === '/links/count/distinct-dids' && count % 5 === 0 ? 900 : 0,
  });
  const failure = assertBroken(t, await check({ maxLatencyMs: 850 }), [
    'performance',
  ]);
  t.match(failure.expected, '850 ms');
});

t.test('an API that fails drags along what asks it', async (t) => {
  proxy.setFault({
    alter: (path, answer) =>
      path === '/' ? { status: 500, text: 'internal error' } : answer,
  });
  const dragged = ['endpoints', 'performance'];
  const failure = assertBroken(t, await check(), ['api'], dragged);
  t.match(failure.seen, 'GET / answered 500: internal error');
});

t.test('an API that hangs is not waited for', async (t) => {
  proxy.setFault({ delayMs: (path) => (path === '/ready' ? 60_000 : 0) });
  const results = await check({ requestTimeoutMs: 1500 });
  const dragged = ['endpoints', 'performance'];
  const failure = assertBroken(t, results, ['api'], dragged);
  t.match(failure.seen, 'did not answer within 1500 ms');
});

t.test('an AppView that asks elsewhere is found', async (t) => {
  proxy.setFault({});
  writeEnv('https://constellation.microcosm.blue');
  const failure = assertBroken(t, await check(), ['appview']);
  t.match(failure.seen, 'CONSTELLATION_URL=https://constellation.microcosm');
  t.match(failure.expected, api);
  writeEnv(api);
});

t.test('an error in the log is quoted without its password', async (t) => {
  const before = readFileSync(folder.indexLog, 'utf8');
  const time = new Date().toISOString();
  const line = `${time} ERROR cannot reach https://user:hunter2@example.com\n`;
  writeFileSync(folder.indexLog, line, { flag: 'a' });
  const failure = assertBroken(t, await check(), ['logs']);
  t.match(failure.seen, 'ERROR cannot reach https://(hidden)@example.com');
  writeFileSync(folder.indexLog, before);
});

t.test('a disk with too little space is found', async (t) => {
  const failure = assertBroken(t, await check({ minFreeBytes: 2 ** 60 }), [
    'data',
  ]);
  t.match(failure.message, 'nearly full');
});

t.test('a folder without our marker is found', async (t) => {
  const marker = path.join(folder.data, 'constellation-embedded.json');
  await rename(marker, `${marker}.away`);
  const failure = assertBroken(t, await check(), ['data']);
  t.match(failure.message, 'not ours');
  await rename(`${marker}.away`, marker);
});

const linux = process.platform !== 'linux' && 'open files are seen in /proc';
t.test('a folder swapped for its copy is found', { skip: linux }, async (t) => {
  const away = `${folder.data}-away`;
  await rename(folder.data, away);
  await cp(away, folder.data, { recursive: true });
  try {
    const results = await check();
    const failure = assertBroken(t, results, ['data']);
    t.match(failure.message, 'swapped');
    const endpoints = results.find(({ id }) => id === 'endpoints');
    t.match(endpoints?.message, 'from its stream', 'not from the wrong store');
  } finally {
    await rm(folder.data, { recursive: true });
    await rename(away, folder.data);
  }
});

t.test('a stream that is stuck fails the health check alone', async (t) => {
  await simulator.setFault({ fault: 'silent' });
  await healthUntil(api, ({ verdict }) => verdict === 'stalled');
  const failure = assertBroken(t, await check(), ['health']);
  t.match(failure.seen, 'stalled: nothing was read for');
  await simulator.setFault({ fault: 'none' });
});

t.test(
  'a Redis that is gone is found',
  { skip: NO_REDIS ?? false },
  async (t) => {
    await redis?.stop();
    // The stream may still be coming back.
    const results = await check({}, 'redis');
    const failure = assertBroken(t, results, ['redis']);
    t.match(failure.seen, 'ECONNREFUSED');
  }
);

t.test('a process that is gone drags along what asks it', async (t) => {
  const status = await runtime.status();
  const pid = Number(status.parts.find(({ name }) => name === 'index')?.id);
  process.kill(pid, 'SIGKILL');
  while ((await runtime.status()).state === 'running') {
    await new Promise((done) => setTimeout(done, 25));
  }
  const results = await check();
  const others = redis === null ? [] : ['redis'];
  const failure = assertBroken(
    t,
    results,
    ['running', ...others],
    ['health', 'api', 'endpoints', 'performance']
  );
  t.match(failure.message, 'it is failed');
  const health = results.find(({ id }) => id === 'health');
  t.equal(health?.message, 'not run, because running failed');
});
