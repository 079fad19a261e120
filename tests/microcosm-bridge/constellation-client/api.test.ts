import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import t from 'tap';
import { API_ENDPOINTS } from '../../../microcosm-bridge/constellation-client/api/api-endpoints.js';
import { ask, startTestBridge } from '../../fixtures/bridge.js';
import { startGoldenApi } from '../../fixtures/golden-api.js';
import { differences, goldenCases } from '../../fixtures/golden-cases.js';
import { alterJson, startIndexProxy } from '../../fixtures/index-proxy.js';
import { testFolder } from '../../fixtures/test-folder.js';

/** Recorded as 404; the bridge has a `/health`. */
const HEALTH_CASE = 6169;
const LIKED =
  'at://did:plc:o2kzycnrhzij6gb6j4gsda3h/app.bsky.feed.post/3kabcdefghij2';

const golden = await startGoldenApi(testFolder(t));
const bridge = await startTestBridge({
  CONSTELLATION_URL: golden.url,
  // A remote index knows all: coverage has a test of its own below.
  CONSTELLATION_LOCAL: 'false',
  MAX_REQUESTS_PER_SECOND: '0',
});
t.teardown(async () => {
  await bridge.stop();
  await golden.close();
});

/** A target with links of many kinds, and its parameters by endpoint. */
const cases = goldenCases().filter(({ pages }) => pages[0]?.status === 200);

t.test('every recorded answer of the real server is given again', async (t) => {
  const found = await differences(bridge.url, goldenCases());
  t.same(
    found.map(({ golden: { id }, what }) => ({ id, what })),
    [{ id: HEALTH_CASE, what: 'status 200, recorded 404' }]
  );
});

t.test('answers say where they came from and how old they are', async (t) => {
  const path = `/links/all?target=${encodeURIComponent('https://fresh.example')}`;
  const first = await bridge.get(path);
  t.match(first.headers, {
    'x-constellation-source': 'remote',
    'x-constellation-origin': 'remote',
    'x-constellation-partial': 'false',
    'x-constellation-age-ms': /^\d+$/,
    age: '0',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': /x-constellation-source/,
  });
  const again = await bridge.get(path);
  t.equal(again.headers['x-constellation-source'], 'memory');
});

t.test('the document is OpenAPI 3.1, and real answers fit it', async (t) => {
  const { body } = await bridge.get('/openapi.json');
  const checked = await new Validator().validate(
    body as Record<string, unknown>
  );
  t.same(checked.errors ?? [], []);
  t.ok(checked.valid);

  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema(body as object, 'document');
  const fits = (schema: string, value: unknown): void => {
    const check = ajv.getSchema(`document#/components/schemas/${schema}`);
    t.ok(check?.(value), `${schema}: ${ajv.errorsText(check?.errors)}`);
  };
  for (const { path, schema } of API_ENDPOINTS.values()) {
    // The largest recorded answer has the most kinds of things in it.
    const [richest] = cases
      .filter((one) => one.path === path && one.method === undefined)
      .sort((a, b) => sizeOf(b) - sizeOf(a));
    const query = new URLSearchParams(
      (richest?.params ?? []).map(([name, value]): [string, string] => [
        name,
        value,
      ])
    );
    const answer = await bridge.get(`${path}?${query.toString()}`);
    t.equal(answer.status, 200, path);
    fits(schema, answer.body);
  }
  fits('Overview', (await bridge.get('/')).body);
  fits('Health', (await bridge.get('/health')).body);
  fits('Error', (await bridge.get('/links')).body);
  const uris = [LIKED, 'at://not.a.did/app.bsky.feed.post/x'];
  fits('PostsAnswer', (await bridge.post('/v1/posts', { uris })).body);
  const dids = ['did:plc:o2kzycnrhzij6gb6j4gsda3h', 'not a did'];
  fits('ProfilesAnswer', (await bridge.post('/v1/profiles', { dids })).body);
});

t.test('counts of an index’s own are passed on', async (t) => {
  const told = { help: '', days_indexed: 3, stats: { dids: 1 } };
  const counts = { targetables: 2, linking_records: 3, started_at: 4 };
  let other: unknown = { events: 7, hidden: 'text', below: -1 };
  const server = createServer((_, response) => {
    const stats = { ...told.stats, ...counts, other_data: other };
    response.end(JSON.stringify({ ...told, stats }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const asking = await startTestBridge({
    CONSTELLATION_URL: `http://127.0.0.1:${port}`,
    CONSTELLATION_FALLBACK_URL: 'off',
    CACHE_ENABLED: 'false',
  });
  t.teardown(async () => {
    await asking.stop();
    server.close();
  });
  const otherData = async (): Promise<unknown> => {
    const { body } = await asking.get('/');
    return (body as { stats: { other_data: unknown } }).stats.other_data;
  };
  t.same(await otherData(), { events: 7 });
  other = 'none';
  t.equal(await otherData(), null);
});

t.test('a batch answers each subject once, or says why not', async (t) => {
  const did = 'did:plc:o2kzycnrhzij6gb6j4gsda3h';
  const { status, body } = await bridge.post('/v1/profiles', {
    dids: [did, 'not a did', did],
  });
  t.equal(status, 200);
  const follows = await golden.ask('/links/count', {
    target: did,
    collection: 'app.bsky.graph.follow',
    path: '.subject',
  });
  t.match(body, {
    profiles: [
      { did, stats: { followers: follows.body['total'] }, partial: false },
    ],
    failures: [{ did: 'not a did', error: 'BAD_TARGET' }],
  });
});

t.test('the README’s sample is a real answer', async (t) => {
  const readme = readFileSync(
    new URL(
      '../../../microcosm-bridge/constellation-client/README.md',
      import.meta.url
    ),
    'utf8'
  );
  const [, asked = ''] = /-d '(.*?)' \S+\/v1\/profiles/.exec(readme) ?? [];
  const [, sample = ''] =
    /sample: \/v1\/profiles -->\s+```json\n([^]*?)```/.exec(readme) ?? [];
  const { body } = await bridge.post('/v1/profiles', JSON.parse(asked));
  // Asked before, so it comes from memory here and is older.
  const asNew = JSON.stringify(body)
    .replace('"memory"', '"remote"')
    .replace(/"ageMs":\d+/, '"ageMs":0');
  t.same(JSON.parse(asNew), JSON.parse(sample));
});

t.test('a body that is not what the schema says is refused', async (t) => {
  const refused = async (body: unknown, message: RegExp): Promise<void> => {
    const answer = await bridge.post('/v1/posts', body);
    t.equal(answer.status, 400);
    t.match(answer.body, { error: 'BAD_REQUEST', message });
  };
  await refused({}, /required property 'uris'/);
  await refused({ uris: [] }, /fewer than 1/);
  await refused({ uris: Array(101).fill(LIKED) }, /more than 100/);
  await refused({ uris: [7] }, /\/uris\/0 must be string/);
  await refused({ uris: [LIKED], limit: 3 }, /additional.*\(limit\)/);
  await refused({ uris: [LIKED], deadlineMs: 0 }, /\/deadlineMs must be >= 1/);

  const url = `${bridge.url}/v1/posts`;
  const json = { 'content-type': 'application/json' };
  const send = async (
    headers: Record<string, string>,
    body: string
  ): Promise<number> =>
    (await ask(url, { method: 'POST', headers, body })).status;
  t.equal(await send({ 'content-type': 'text/plain' }, '{}'), 415);
  t.equal(await send(json, '{"uris":'), 400);
  t.equal(await send(json, ' '.repeat(1024 * 1024 + 1)), 413);
  const got = await ask(url);
  t.equal(got.status, 405);
  t.equal(got.headers['allow'], 'POST, OPTIONS');
});

t.test('what an index refuses is refused with its words’ status', async (t) => {
  const answer = await bridge.get(
    '/xrpc/blue.microcosm.links.getBacklinksCount?subject=a&source=nocolon'
  );
  t.equal(answer.status, 400);
  t.match(answer.body, { error: 'REJECTED' });
});

t.test(
  'only questions reach the index; looking at the service does not',
  async (t) => {
    const before = bridge.client.stats().main.requests;
    for (const path of ['/health', '/ready', '/live', '/stats', '/metrics']) {
      t.equal((await bridge.get(path)).status, 200, path);
    }
    t.equal(bridge.client.stats().main.requests, before);
    const { body } = await bridge.get('/stats');
    t.match(body, {
      statsRequested: Number,
      cacheHits: Number,
      cacheMisses: Number,
      apiErrors: Number,
      hitRate: /^\d+\.\d\d%$/,
    });
  }
);

t.test(
  'metrics count answers by source and requests by how they ended',
  async (t) => {
    const { text } = await bridge.get('/metrics');
    t.match(text, /^bridge_answers_total\{source="memory"\} [1-9]/m);
    t.match(text, /^bridge_upstream_breaker_state\{index="main"\} 0$/m);
    t.match(
      text,
      /^bridge_upstream_request_seconds_count\{index="main",endpoint="\/links",code="OK"\} [1-9]/m
    );
    t.match(
      text,
      /^http_request_duration_seconds_count\{route="unknown",status="404"\} [1-9]/m
    );
  }
);

t.test('a young local index is not believed alone', async (t) => {
  const young = await startIndexProxy(golden.url);
  young.setFault({
    alter: (path, answer) =>
      path === '/links/count'
        ? alterJson((body) => {
            body['total'] = 1;
          })(answer)
        : answer,
  });
  const question =
    '/links/count?target=did:plc:o2kzycnrhzij6gb6j4gsda3h&collection=app.bsky.graph.follow&path=.subject';
  const whole = await golden.get(question);
  const settings = {
    CONSTELLATION_URL: young.url,
    CONSTELLATION_LOCAL_SINCE: '2026-01-01T00:00:00Z',
  };
  const both = await startTestBridge({
    ...settings,
    CONSTELLATION_FALLBACK_URL: golden.url,
  });
  const alone = await startTestBridge({
    ...settings,
    CONSTELLATION_FALLBACK_URL: 'off',
  });
  t.teardown(async () => {
    await Promise.all([both.stop(), alone.stop(), young.close()]);
  });
  const merged = await both.get(question);
  t.same(merged.body, whole.body, 'the larger number is given');
  t.match(merged.headers, {
    'x-constellation-origin': /merged|remote/,
    'x-constellation-partial': 'false',
  });
  const partial = await alone.get(question);
  t.same(partial.body, { total: 1 });
  t.equal(partial.headers['x-constellation-partial'], 'true');
});

function sizeOf(one: (typeof cases)[number]): number {
  return JSON.stringify(one.pages[0]?.body ?? '').length;
}
