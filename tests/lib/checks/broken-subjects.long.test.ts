/** Breaks the subject of each check in turn, on real processes. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import type { CheckResult } from '../../../lib/checks/index.js';
import { startCheckedIndex } from '../../fixtures/checked-index.js';
import { healthUntil } from '../../fixtures/embedded-process.js';
import { alterJson, type ProxyFault } from '../../fixtures/index-proxy.js';
import { NO_REDIS, startRedis } from '../../fixtures/redis-server.js';

if (NO_REDIS !== undefined && process.env['CI'] !== undefined) {
  t.fail(`${NO_REDIS}: apt-get install redis-server`);
}
const { runtime, folder, simulator, api, proxy, redis, ...subject } =
  await startCheckedIndex(t);
const { check, writeEnv, appview } = subject;

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

/** Asserts that exactly these failed, and that each failure helps. */
function assertBroken(
  t: Test,
  results: readonly CheckResult[],
  failed: readonly string[],
  dragged: readonly string[] = []
): CheckResult {
  t.strictSame(broken(results), { failed, dragged }, JSON.stringify(results));
  const failures = results.filter(({ status }) => status === 'fail');
  for (const { seen, expected, suggestion, durationMs } of failures) {
    for (const text of [seen, expected, suggestion]) {
      t.ok(text !== undefined && text !== '', 'a failure helps');
    }
    t.ok(durationMs > 0, 'a check has a duration');
  }
  const [first] = failures;
  if (first === undefined) throw new Error('nothing failed');
  return first;
}

/** Runs one check with a fault on the way. */
async function checkWith(
  fault: ProxyFault,
  only: string
): Promise<CheckResult | undefined> {
  proxy.setFault(fault);
  const [result] = await check({ only, sleepMs: 20 });
  return result;
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

t.test('bad input that is accepted fails the endpoints alone', async (t) => {
  proxy.setFault({
    alter: (_, answer) =>
      answer.status === 400 ? { status: 200, text: '{}' } : answer,
  });
  const failure = assertBroken(t, await check(), ['endpoints']);
  t.match(failure.seen, 'answered 200');
});

t.test('a frozen /health is found out by two readings', async (t) => {
  proxy.setFault({ freeze: '/health' });
  const failure = assertBroken(t, await check(), ['health']);
  t.match(failure.message, 'frozen');
});

t.test('slow answers fail the performance check alone', async (t) => {
  proxy.setFault({
    delayMs: (path, count) =>
      path === '/links/count/distinct-dids' && count % 5 === 0 ? 600 : 0,
  });
  const results = await check({ limits: { maxLatencyMs: 550 } });
  const failure = assertBroken(t, results, ['performance']);
  t.match(failure.expected, '550 ms');
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
  const results = await check({ limits: { requestTimeoutMs: 1000 } });
  const dragged = ['endpoints', 'performance'];
  const failure = assertBroken(t, results, ['api'], dragged);
  t.match(failure.seen, 'did not answer within 1000 ms');
});

t.test('an AppView that is told to ask elsewhere is found', async (t) => {
  proxy.setFault({});
  writeEnv('https://constellation.microcosm.blue');
  const failure = assertBroken(t, await check(), ['appview']);
  t.match(failure.seen, 'CONSTELLATION_URL=https://constellation.microcosm');
  t.match(failure.expected, api);
  await rename(path.join(appview, '.env'), path.join(appview, '.env.away'));
  const results = await check({ only: 'appview' });
  t.match(assertBroken(t, results, ['appview']).seen, 'there is no ');
  writeEnv(api);
});

const linux = process.platform !== 'linux' && 'processes are seen in /proc';
t.test('a running AppView asks elsewhere', { skip: linux }, async (t) => {
  const process = spawn('node', ['-e', 'setInterval(() => {}, 1000)'], {
    cwd: appview,
    env: { PATH: '/usr/bin:/bin', CONSTELLATION_URL: 'http://127.0.0.1:1' },
    stdio: 'ignore',
  });
  t.teardown(() => process.kill('SIGKILL'));
  await once(process, 'spawn');
  const failure = assertBroken(t, await check(), ['appview']);
  t.match(
    failure.seen,
    `CONSTELLATION_URL=http://127.0.0.1:1 in the environment of process ${process.pid}`
  );
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

t.test('a bridge that hangs fails the first check alone', async (t) => {
  const { parts } = await runtime.status();
  const pid = Number(parts.find(({ name }) => name === 'bridge')?.id);
  process.kill(pid, 'SIGSTOP');
  try {
    const results = await check({ limits: { requestTimeoutMs: 1000 } });
    const failure = assertBroken(t, results, ['running']);
    t.match(failure.message, 'the bridge does not answer');
    t.match(failure.seen, 'did not answer within 1000 ms');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
});

t.test('a disk with too little space is found', async (t) => {
  const results = await check({ limits: { minFreeBytes: 2 ** 60 } });
  t.match(assertBroken(t, results, ['data']).message, 'nearly full');
});

t.test('a folder without our marker is found', async (t) => {
  const marker = path.join(folder.data, 'constellation-embedded.json');
  await rename(marker, `${marker}.away`);
  const failure = assertBroken(t, await check(), ['data']);
  t.match(failure.message, 'not ours');
  await rename(`${marker}.away`, marker);
});

t.test('a folder swapped for its copy is found', { skip: linux }, async (t) => {
  const [away, copy] = [`${folder.data}-away`, `${folder.data}-copy`];
  await cp(folder.data, copy, { recursive: true });
  // At once: an index that finds no folder pauses, and says so in its log.
  renameSync(folder.data, away);
  renameSync(copy, folder.data);
  try {
    const results = await check();
    const failure = assertBroken(t, results, ['data']);
    t.match(failure.message, 'swapped');
    const endpoints = results.find(({ id }) => id === 'endpoints');
    t.match(endpoints?.message, 'from its stream', 'not from the wrong store');
  } finally {
    renameSync(folder.data, copy);
    renameSync(away, folder.data);
    await rm(copy, { recursive: true });
  }
});

t.test('an index whose record was deleted is still found', async (t) => {
  await rename(folder.embedded, `${folder.embedded}.away`);
  const results = await check({ url: null });
  await rename(`${folder.embedded}.away`, folder.embedded);
  const dragged = ['health', 'api', 'endpoints', 'performance'];
  const failure = assertBroken(t, results, ['running'], dragged);
  t.match(failure.message, 'its record is gone');
  t.match(failure.suggestion, /^kill \d+, then: /);
});

t.test('a stream that is stuck fails the health check alone', async (t) => {
  await simulator.setFault({ fault: 'silent' });
  await healthUntil(api, ({ verdict }) => verdict === 'stalled');
  const failure = assertBroken(t, await check(), ['health']);
  t.match(failure.seen, 'stalled: nothing was read for');

  // Nothing is written now: whoever says otherwise does not write here.
  let read = 0;
  const alter = alterJson((body) => {
    body['events_total'] = Number(body['events_total']) + ++read;
  });
  proxy.setFault({
    alter: (path, { text, ...answer }) =>
      path === '/health' ? alter({ status: 200, text }) : { ...answer, text },
  });
  const limits = { movementMs: 600 };
  const unwritten = await check({ only: 'data', limits });
  const { message } = assertBroken(t, unwritten, ['data']);
  t.match(message, 'nothing is written here');
  proxy.setFault({});
});

// Still stuck, so that no number moves while it is compared.
t.test('a total that is wrong by one in any form is caught', async (t) => {
  const by1 = alterJson((body) => {
    body['total'] = Number(body['total']) + 1;
  });
  for (const wrong of [
    '/links/count',
    '/links/count/distinct-dids',
    '/links',
    '/links/distinct-dids',
    '/xrpc/blue.microcosm.links.getBacklinksCount',
    '/xrpc/blue.microcosm.links.getBacklinks',
    '/xrpc/blue.microcosm.links.getBacklinkDids',
  ]) {
    const alter: ProxyFault['alter'] = (path, answer) =>
      // Nothing is linked to what does not exist: only real ones are wrong.
      path === wrong && !answer.text.includes('"total":0')
        ? by1(answer)
        : answer;
    const result = await checkWith({ alter }, 'endpoints');
    t.equal(result?.status, 'fail', JSON.stringify(result));
    t.match(result?.seen, wrong);
  }
});

type Counts = Record<string, Record<string, Record<string, number>>>;

t.test('a number of /links/all that is wrong by one is caught', async (t) => {
  for (const field of ['records', 'distinct_dids']) {
    const by1 = alterJson((body) => {
      for (const paths of Object.values(body['links'] as Counts)) {
        for (const counts of Object.values(paths)) {
          counts[field] = (counts[field] ?? 0) + 1;
        }
      }
    });
    const alter: ProxyFault['alter'] = (path, answer) =>
      path === '/links/all' ? by1(answer) : answer;
    const result = await checkWith({ alter }, 'endpoints');
    t.equal(result?.status, 'fail', JSON.stringify(result));
    t.match(result?.seen, `/links/all ${field}`);
  }
});

t.test('a list that lacks one is caught, everywhere or once', async (t) => {
  const without = alterJson((body) => {
    const list = body['linking_records'] ?? body['records'];
    if (Array.isArray(list) && body['cursor'] === null) list.pop();
  });
  for (const paths of [
    ['/links'],
    ['/links', '/xrpc/blue.microcosm.links.getBacklinks'],
  ]) {
    const alter: ProxyFault['alter'] = (path, answer) =>
      paths.includes(path) ? without(answer) : answer;
    const result = await checkWith({ alter }, 'endpoints');
    t.equal(result?.status, 'fail', JSON.stringify(result));
  }
  proxy.setFault({});
  await simulator.setFault({ fault: 'none' });
});

t.test(
  'a Redis that cannot be used',
  { skip: NO_REDIS ?? false },
  async (t) => {
    const seenOf = async (redisUrl: string): Promise<string | undefined> => {
      const limits = { redisTimeoutMs: 1000 };
      const results = await check({ only: 'redis', redisUrl, limits });
      return assertBroken(t, results, ['redis']).seen;
    };
    const replica = await startRedis(['--replicaof', '127.0.0.1', '1']);
    const guarded = await startRedis(['--requirepass', 'hunter2']);
    const full = await startRedis(['--maxmemory', '1']);
    t.teardown(() =>
      Promise.all([replica, guarded, full].map((it) => it.stop()))
    );
    t.match(await seenOf(replica.url), 'READONLY', 'read-only');
    t.match(await seenOf(full.url), 'OOM', 'full');
    const wrong = guarded.url.replace('//', '//:hunter3@');
    const refused = await seenOf(wrong);
    t.match(refused, 'WRONGPASS', 'wrong password');
    t.notMatch(refused, 'hunter3', 'which is not shown');

    const silent = createServer().listen(0, '127.0.0.1');
    t.teardown(() => silent.close());
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    t.match(await seenOf(`redis://127.0.0.1:${port}`), 'no answer within 1000');

    await redis?.stop();
    t.match(await seenOf(redis?.url ?? ''), 'ECONNREFUSED', 'gone');
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
  t.match(failure.seen, /^\| .* INFO /m, 'its last words');
  const health = results.find(({ id }) => id === 'health');
  t.equal(health?.message, 'not run, because running failed');
  // The bridge outlives its index, and the record of it goes with the folder.
  await runtime.stop({ force: true, deadlineMs: 5000 });
});
