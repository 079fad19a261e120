import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import t, { type Test } from 'tap';
import {
  clockDifference,
  measureEndpoint,
} from '../../../lib/setup/jetstream/measure-endpoint.js';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';

const never = new AbortController().signal;

async function listen(t: Test, server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('a Jetstream is measured by a real handshake', async (t) => {
  const simulator = await startSimulator({ live: { eventsPerSecond: 100 } });
  t.teardown(() => simulator.close());
  const measured = await measureEndpoint(simulator.url, never);
  t.match(measured, { state: 'reachable', url: simulator.url });
  t.ok(measured.state === 'reachable' && measured.handshakeMs > 0);
});

t.test('what refuses, answers otherwise or breaks off is said', async (t) => {
  const gone = createServer();
  const refused = await listen(t, gone);
  await new Promise((done) => gone.close(done));
  const busy = createHttpServer((_, response) => {
    response.writeHead(503).end();
  });
  busy.on('upgrade', (_, socket) => {
    socket.end('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
  });
  const broken = createServer((socket) => socket.destroy());
  for (const [url, reason] of [
    [refused, 'it refuses the connection'],
    [await listen(t, busy), 'it answered 503 instead of a stream'],
    [await listen(t, broken), /broke the connection off|socket hang up/],
  ] as const) {
    const measured = await measureEndpoint(url, never);
    t.match(measured, {
      state: 'unreachable',
      reason,
      label: `${url}/subscribe`,
    });
  }
});

t.test(
  'a handshake that never ends is left when it is interrupted',
  async (t) => {
    const abort = new AbortController();
    const silent = createServer(() => abort.abort(new Error('stop')));
    const url = await listen(t, silent);
    await t.rejects(measureEndpoint(url, abort.signal), { message: 'stop' });
  }
);

t.test('the clock of the other side is read where it tells', async (t) => {
  const date = 'Thu, 01 Jan 2026 00:01:00 GMT';
  t.equal(clockDifference(date, Date.UTC(2026, 0, 1)), 60_000);
  t.equal(clockDifference(undefined, 0), null);
  t.equal(clockDifference('soon', 0), null);
});
