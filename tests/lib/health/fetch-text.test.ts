import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { fetchJson, fetchText } from '../../../lib/health/index.js';

async function serve(t: Test, handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('an answer is read whole, whatever its status', async (t) => {
  const url = await serve(t, (_, response) => {
    response.statusCode = 503;
    response.end('{"ä":1}');
  });
  t.same(await fetchText(url), { status: 503, text: '{"ä":1}' });
  t.same(await fetchJson(url), { status: 503, value: { ä: 1 } });
});

t.test('no connection is kept', async (t) => {
  let header: string | undefined = '';
  const url = await serve(t, (request, response) => {
    header = request.headers.connection;
    response.end('{}');
  });
  await fetchText(url);
  t.equal(header, 'close');
});

t.test('a refused connection is unreachable, with its cause', async (t) => {
  const url = await serve(t, () => undefined);
  const port = Number(new URL(url).port);
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const other = (gone.address() as AddressInfo).port;
  gone.close();
  await once(gone, 'close');
  t.not(port, other);
  await t.rejects(fetchText(`http://127.0.0.1:${other}/`), {
    code: 'UNREACHABLE',
    cause: { code: 'ECONNREFUSED' },
  });
});

t.test('a server that says nothing is given up', async (t) => {
  const url = await serve(t, () => undefined);
  await t.rejects(fetchText(url, { timeoutMs: 50 }), { code: 'TRY_TIMEOUT' });
});

t.test('a body that stops halfway is given up too', async (t) => {
  const url = await serve(t, (_, response) => {
    response.write('{"half":');
  });
  await t.rejects(fetchText(url, { timeoutMs: 100 }), { code: 'TRY_TIMEOUT' });
});

t.test('an endless body is refused at its limit', async (t) => {
  const url = await serve(t, (_, response) => {
    const timer = setInterval(() => response.write('x'.repeat(1000)), 1);
    response.on('close', () => clearInterval(timer));
  });
  await t.rejects(fetchText(url, { maxBytes: 10_000 }), { code: 'TOO_LARGE' });
});

t.test('what is no JSON is a bad answer', async (t) => {
  const url = await serve(t, (_, response) => response.end('<html>'));
  await t.rejects(fetchJson(url), { code: 'BAD_ANSWER', message: /200/ });
});

t.test('the signal ends it with its own reason', async (t) => {
  const url = await serve(t, () => undefined);
  const controller = new AbortController();
  const reason = new Error('enough');
  const asked = fetchText(url, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 20);
  await t.rejects(asked, reason);
  await t.rejects(fetchText(url, { signal: controller.signal }), reason);
});

t.test('credentials of a URL are in no message', async (t) => {
  const error = await fetchText('http://me:secret@127.0.0.1:1/').catch(
    (thrown: unknown) => thrown
  );
  t.ok(error instanceof Error);
  t.notMatch(String(error), /secret/);
});
