import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import t from 'tap';
import {
  ask,
  startTestBridge,
  type BridgeAnswer,
} from '../../fixtures/bridge.js';

const QUESTION =
  '/links/count?target=did:plc:a&collection=app.bsky.graph.follow&path=.subject';

/** An index that answers when and what the test says. */
async function startIndex(
  answer: (response: ServerResponse, url: string) => void
): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) =>
    answer(response, request.url ?? '/')
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

t.test('each way to fail has its status, and none is a number', async (t) => {
  const table: readonly {
    readonly what: string;
    readonly status: number;
    readonly error: string;
    readonly answer: (response: ServerResponse) => void;
  }[] = [
    {
      what: 'HTML instead of JSON',
      status: 502,
      error: 'BAD_BODY',
      answer: (response) => response.end('<html>'),
    },
    {
      what: 'JSON of another shape',
      status: 502,
      error: 'BAD_SHAPE',
      answer: (response) => response.end('{"total":"many"}'),
    },
    {
      what: 'a 500',
      status: 502,
      error: 'HTTP_STATUS',
      answer: (response) => response.writeHead(500).end(),
    },
    {
      what: 'a redirect',
      status: 502,
      error: 'REDIRECTED',
      answer: (response) =>
        response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    },
    {
      what: 'a plea for patience',
      status: 503,
      error: 'RATE_LIMITED',
      answer: (response) =>
        response.writeHead(429, { 'retry-after': '7' }).end(),
    },
    {
      what: 'silence',
      status: 504,
      error: 'DEADLINE',
      answer: () => undefined,
    },
  ];
  for (const { what, status, error, answer } of table) {
    const index = await startIndex(answer);
    const bridge = await startTestBridge({
      CONSTELLATION_URL: index.url,
      CONSTELLATION_LOCAL: 'false',
      CONSTELLATION_TIMEOUT: '300',
      CONSTELLATION_MAX_RETRIES: '0',
    });
    const got = await bridge.get(QUESTION);
    t.equal(got.status, status, what);
    t.match(got.body, { error, message: String });
    if (status === 503) {
      const wait = Number(got.headers['retry-after']);
      t.ok(wait >= 6 && wait <= 7, 'it is told how long the index wants');
    }
    await bridge.stop();
    index.close();
  }
});

t.test('too many questions at once are sent away, health is not', async (t) => {
  const held: ServerResponse[] = [];
  const index = await startIndex((response) => held.push(response));
  const bridge = await startTestBridge({
    CONSTELLATION_URL: index.url,
    CONSTELLATION_LOCAL: 'false',
    BRIDGE_MAX_CONCURRENT: '2',
  });
  const waiting: Promise<BridgeAnswer>[] = [1, 2].map((number) =>
    bridge.get(`/links/all?target=did:plc:${number}`)
  );
  while (held.length < 2) await new Promise((done) => setTimeout(done, 5));
  const refused = await bridge.get(QUESTION);
  t.equal(refused.status, 503);
  t.equal(refused.headers['retry-after'], '1');
  t.match(refused.body, { error: 'OVERLOADED' });
  t.equal((await bridge.get('/health')).status, 200);
  for (const response of held) response.end('{"links":{}}');
  for (const answer of await Promise.all(waiting)) t.equal(answer.status, 200);
  t.equal((await bridge.get('/stats')).status, 200);
  t.match((await bridge.get('/stats')).body, { service: { refused: 1 } });
  await bridge.stop();
  index.close();
});

t.test('a stop gives the answers under way and takes no more', async (t) => {
  const held: ServerResponse[] = [];
  const index = await startIndex((response) => held.push(response));
  const bridge = await startTestBridge({
    CONSTELLATION_URL: index.url,
    CONSTELLATION_LOCAL: 'false',
  });
  const waiting = bridge.get('/links/all?target=did:plc:a');
  while (held.length < 1) await new Promise((done) => setTimeout(done, 5));
  const stopped = bridge.stop();
  await t.rejects(ask(`${bridge.url}/live`), { code: 'ECONNREFUSED' });
  held[0]?.end('{"links":{}}');
  t.equal((await waiting).status, 200);
  await stopped;
  index.close();
});

t.test('with every index away it says so, and is not ready', async (t) => {
  const index = await startIndex((response) => response.writeHead(500).end());
  const bridge = await startTestBridge({
    CONSTELLATION_URL: index.url,
    CONSTELLATION_LOCAL: 'false',
    CONSTELLATION_MAX_RETRIES: '0',
  });
  t.equal((await bridge.get('/ready')).status, 200);
  for (let number = 0; number < 4; number += 1) {
    await bridge.get(`/links/all?target=did:plc:${number}`);
  }
  const answer = await bridge.get(QUESTION);
  t.equal(answer.status, 503);
  t.match(answer.body, { error: 'BREAKER_OPEN' });
  const health = await bridge.get('/health');
  t.equal(health.status, 200, 'the process is well; its indexes are not');
  t.match(health.body, { status: 'failing', main: { breaker: 'open' } });
  t.equal((await bridge.get('/ready')).status, 503);
  await bridge.stop();
  index.close();
});

t.test('a head that is too long, and a path that is not there', async (t) => {
  const bridge = await startTestBridge({
    CONSTELLATION_URL: 'http://127.0.0.1:9',
  });
  t.equal((await bridge.get('/nope')).status, 404);
  const long = await bridge.get('/live', { 'x-long': 'x'.repeat(70_000) });
  t.equal(long.status, 431);
  const target = 'x'.repeat(9_000);
  t.match(await bridge.get(`/links/all?target=${target}`), {
    status: 400,
    body: { error: 'BAD_TARGET' },
  });
  await bridge.stop();
});
