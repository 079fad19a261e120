import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import {
  checkBridge,
  judgeBridge,
  trialMsWithin,
} from '../../../lib/checks/bridge-health.js';
import type { CheckOutcome } from '../../../lib/checks/check.js';
import { startTestBridge } from '../../fixtures/bridge.js';

t.test('a bridge is asked once its index may be back', async (t) => {
  let broken = false;
  const server = createServer((request, response) => {
    if (broken) response.writeHead(500).end();
    else if (request.url === '/health') response.end('{"verdict":"idle"}');
    else response.end('{"links":{}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const bridge = await startTestBridge({
    CONSTELLATION_URL: `http://127.0.0.1:${port}`,
    CONSTELLATION_FALLBACK_URL: 'off',
    CONSTELLATION_MAX_RETRIES: '0',
  });
  t.teardown(async () => {
    await bridge.stop();
    server.close();
  });
  const slept: number[] = [];
  const check = (patienceMs: number): Promise<CheckOutcome> =>
    checkBridge(bridge.url, {
      timeoutMs: 5_000,
      patienceMs,
      clock: {
        sleep: async (ms) => {
          slept.push(ms);
          await delay(ms);
        },
      },
      signal: new AbortController().signal,
    });
  t.match(await check(6_000), { status: 'pass' });
  t.same(slept, []);

  broken = true;
  for (const target of ['a', 'b', 'c']) {
    await bridge.get(`/links/all/count?target=did:plc:${target}`);
  }
  const failing = { status: 'fail', seen: /failing: No index answers/ };
  t.match(await check(0), failing, 'it does not wait for longer than it may');
  t.match(await check(0), {
    suggestion:
      /^it tries its index again in \d+ s; to wait for that: npx zx scripts\/test\.ts --timeout 1[2-9]$/,
  });
  t.match(await check(60_000), failing, 'it is still away');

  broken = false;
  slept.length = 0;
  t.match((await bridge.get('/health')).body, {
    main: { breaker: 'open', retryInMs: /^[1-9]/ },
  });
  t.match(await check(60_000), {
    status: 'pass',
    message: 'the bridge is well',
  });
  t.equal(slept.length, 1, 'after one pause, until its next try');
});

t.test('a check waits for the next try as long as it may take', (t) => {
  const limits = { requestTimeoutMs: 5_000 };
  t.equal(trialMsWithin(30_000, limits), 20_000);
  t.equal(trialMsWithin(1_000, limits), 0);
  t.end();
});

t.test('a bridge is judged by what it says of itself', async (t) => {
  const judged = (
    status: string,
    breaker = 'closed',
    redis = 'off'
  ): CheckOutcome =>
    judgeBridge('http://b', {
      status,
      message: `about http://user:hunter2@host`,
      main: { breaker },
      redis,
    });
  t.match(judged('ok'), { status: 'pass', message: 'the bridge is well' });
  t.match(judged('degraded', 'closed', 'available'), {
    status: 'pass',
    message: 'the bridge is degraded: about http://(hidden)@host',
  });
  for (const bad of [
    judged('failing', 'open'),
    judged('stopping'),
    judged('degraded', 'open'),
    judged('degraded', 'closed', 'unavailable'),
    judgeBridge('http://b', { status: 'ok' }),
    judgeBridge('http://b', null),
  ]) {
    t.match(bad, {
      status: 'fail',
      usable: true,
      seen: /^GET http:..b.health/,
    });
  }
  t.match(judged('failing', 'open'), { seen: /failing: about/ });
});
