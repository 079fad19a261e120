/** The API as HTTP: methods, paths, encodings, and what no client sends. */

import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { request } from 'undici';
import {
  answerFor,
  type ApiState,
} from '../../../../microcosm-bridge/constellation-embedded/api/answer.js';
import { startGoldenApi } from '../../../fixtures/golden-api.js';
import {
  DID,
  ENDPOINTS,
  PLACE,
  POST,
  XRPC,
} from '../../../fixtures/golden-questions.js';

const api = await startGoldenApi(t.testdir());
t.teardown(() => api.close());
const { ask, get } = api;

t.test('a query is decoded as a form is', async (t) => {
  const total = async (query: string) =>
    (
      await get(
        `/links/count?collection=app.bsky.feed.post&path=.text&target=${query}`
      )
    ).body;
  t.same(await total('yes:no'), { total: 5 });
  t.same(await total('yes%3Ano'), { total: 5 });
  t.same(await total('yes%3ano'), { total: 5 });
  t.same(await total('%79es:no'), { total: 5 });
  t.same(await total('yes:no&&=&x'), { total: 5 });
  t.same(
    await total('YES:no'),
    { total: 0 },
    'a target is not normalised when asked for'
  );
  for (const odd of [
    'yes%:no',
    'yes%zz:no',
    'yes%ff%fe',
    '%00',
    '%F0%9F%98%80',
    'a+b',
    '%ED%A0%80',
  ]) {
    t.same(await total(odd), { total: 0 }, odd);
  }
  const place = `/links/count?target=${DID}&path=.subject`;
  t.same((await get(`${place}&collection=app.bsky.graph%2Efollow`)).body, {
    total: 19,
  });
  t.same((await get(`${place}&collection=app.bsky+graph.follow`)).body, {
    total: 0,
  });
});

t.test('names of the language are names like others', async (t) => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  for (const name of names) {
    for (const [path, { good }] of Object.entries(ENDPOINTS)) {
      for (const key of Object.keys(good)) {
        const value = key === 'source' ? `${name}:${name}` : name;
        const answer = await ask(path, { ...good, [key]: value });
        t.equal(answer.status, 200, `${path} ${key}=${name}`);
      }
      const aside = await ask(path, [...Object.entries(good), [name, name]]);
      t.equal(aside.status, 200, `${path} with ${name}`);
    }
    t.equal((await get(`/${name}`)).status, 404);
  }
});

t.test('what is not a GET', async (t) => {
  for (const [path, { good }] of Object.entries(ENDPOINTS)) {
    const url = `${api.url}${path}?${new URLSearchParams(good).toString()}`;
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const) {
      const { statusCode, headers, body } = await request(url, { method });
      t.equal(statusCode, 405, `${method} ${path}`);
      t.equal(headers['allow'], 'GET,HEAD');
      t.equal(await body.text(), '');
    }
    const head = await request(url, { method: 'HEAD' });
    t.equal(head.statusCode, 200);
    t.equal(head.headers['content-type'], 'application/json');
    t.ok(Number(head.headers['content-length']) > 0, 'the length of the GET');
    t.equal(await head.body.text(), '');
    const preflight = await request(url, { method: 'OPTIONS' });
    t.equal(preflight.statusCode, 200);
    t.match(preflight.headers, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': '*',
      'access-control-allow-headers': '*',
    });
    await preflight.body.dump();
  }
});

t.test('paths that are not there, and those that need no index', async (t) => {
  for (const path of [
    '/nope',
    '//',
    '/links/',
    '/links/nope',
    '/links/all/',
    '/LINKS',
    '/links%2Fall',
    '/xrpc',
    '/xrpc/nope',
    `${XRPC}.nope`,
    `${XRPC}.getBacklinks/`,
    '/index.html',
  ]) {
    const { statusCode, headers, body } = await request(
      `${api.url}${path}?target=${DID}`
    );
    t.equal(statusCode, 404, path);
    t.equal(headers['content-type'], undefined);
    t.equal(headers['access-control-allow-origin'], '*');
    t.equal(await body.text(), '');
  }
  const robots = await request(`${api.url}/robots.txt`);
  t.equal(robots.headers['content-type'], 'text/plain; charset=utf-8');
  t.match(
    await robots.body.text(),
    /Disallow: \/links\nDisallow: \/links\/\nDisallow: \/xrpc\//
  );
  const did = await get('/.well-known/did.json');
  t.match(did.body, { id: 'did:web:index.example' });
});

t.test('it is JSON for programs, and open to every origin', async (t) => {
  for (const accept of ['application/json', '*/*', 'nonsense']) {
    const url = `${api.url}/links/count?${new URLSearchParams(PLACE).toString()}`;
    const { headers, body } = await request(url, {
      headers: { accept, origin: 'https://app.example' },
    });
    t.equal(headers['content-type'], 'application/json', accept);
    t.equal(headers['access-control-allow-origin'], '*');
    t.same(await body.json(), { total: 19 });
  }
  const { headers, body } = await request(`${api.url}/links/count`);
  t.equal(
    headers['content-type'],
    'text/plain; charset=utf-8',
    'a refusal is text'
  );
  t.match(await body.text(), /missing field `target`/);
});

/** Sends bytes as they are; resolves with the status line. */
async function raw(text: string): Promise<string> {
  const socket = connect(api.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(text, 'latin1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
    if (answer.includes('\r\n\r\n')) socket.destroy();
  });
  await once(socket, 'close');
  return answer.split('\r\n')[0] ?? '';
}

t.test('requests that no client library sends', async (t) => {
  const host = 'Host: x\r\nConnection: close\r\n\r\n';
  t.equal(
    await raw(`GET http://127.0.0.1/robots.txt HTTP/1.1\r\n${host}`),
    'HTTP/1.1 200 OK'
  );
  t.equal(
    await raw(`GET /links/all?target=caf\xe9 HTTP/1.1\r\n${host}`),
    'HTTP/1.1 400 Bad Request',
    'a byte that is no ASCII'
  );
  t.equal(
    await raw(`GET /links/all?target=a b HTTP/1.1\r\n${host}`),
    'HTTP/1.1 400 Bad Request'
  );
  t.equal(await raw('nonsense\r\n\r\n'), 'HTTP/1.1 400 Bad Request');
  t.equal(await raw('\x16\x03\x01\x02\x00'), 'HTTP/1.1 400 Bad Request', 'TLS');
  const long = `GET /links/all?target=${'a'.repeat(100_000)} HTTP/1.1\r\n${host}`;
  t.match(await raw(long), /^HTTP\/1\.1 431 /, 'a query of 100 KB');
  const many = Array.from({ length: 1500 }, () => `&did=${DID}`).join('');
  const wide = `/links?${new URLSearchParams(PLACE).toString()}${many}`;
  t.equal(
    (await get(wide)).body['total'],
    1,
    `a query of ${wide.length} bytes is answered`
  );
});

t.test('no question makes it fail', async () => {
  const value = fc.oneof(
    fc.constantFrom(
      DID,
      POST,
      '',
      '0',
      'true',
      '__proto__',
      'app.bsky.graph.follow:subject'
    ),
    fc.string({ unit: 'binary', maxLength: 40 })
  );
  const name = fc.constantFrom(
    ...new Set(
      Object.values(ENDPOINTS).flatMap(({ good }) => Object.keys(good))
    ),
    'did',
    'from_dids',
    'linkDid',
    'otherSubject',
    'limit',
    'cursor',
    'reverse'
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(ENDPOINTS)),
      fc.array(fc.tuple(name, value), { maxLength: 6 }),
      async (path, parameters) => {
        const { status } = await ask(path, parameters);
        return status === 200 || status === 400;
      }
    ),
    { numRuns: 300 }
  );
});

t.test('before the store is open what needs it is 503', async (t) => {
  const state = {
    health: () => t.fail('not asked for'),
    didWebDomain: null,
  } as unknown as ApiState;
  const status = async (url: string): Promise<number> => {
    const question = { method: 'GET', url, accept: undefined };
    return (await answerFor(state, null, question)).status;
  };
  t.equal(await status('/live'), 200, 'the process answers');
  for (const path of ['/ready', '/', ...Object.keys(ENDPOINTS)]) {
    t.equal(await status(path), 503, path);
  }
  t.equal(await status('/nope'), 404);
});

t.test('nothing was reported as a failure of ours', async (t) => {
  t.same(api.errors, []);
});
