import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { assertPortFree, tryPort } from '../../../lib/runtime/port-check.js';
import {
  findPortHolder,
  listenerInodes,
} from '../../../lib/runtime/port-holder.js';

async function listen(t: Test, host: string): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, host);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

t.test('a free port is free, and free again after it was tried', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  t.equal(await tryPort('127.0.0.1', port), null);
  t.equal(await tryPort('127.0.0.1', port), null);
  await assertPortFree('127.0.0.1', port, '--port');
});

t.test('a port in use is said with its holder and the flag', async (t) => {
  const port = await listen(t, '127.0.0.1');
  t.match(await tryPort('127.0.0.1', port), { problem: 'in-use' });
  t.equal((await findPortHolder(port))?.pid, process.pid);
  await t.rejects(assertPortFree('127.0.0.1', port, '--metrics-port'), {
    code: 'PORT_IN_USE',
    message: new RegExp(`in use by .+ \\(${process.pid}\\)`),
    suggestion: /--metrics-port PORT/,
  });
});

t.test('an address of another machine is said', async (t) => {
  await t.rejects(assertPortFree('203.0.113.7', 6789, '--port'), {
    code: 'PORT_IN_USE',
    message: /has no address 203\.0\.113\.7/,
  });
});

t.test('nobody listens on a free port', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  t.equal(await findPortHolder(port), null);
});

t.test('listeners are found in the table of the kernel', async (t) => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1A85 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0000 100 0 0 10 0
   1: 0100007F:1A85 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0000 20 4 30 10 -1
   2: 00000000000000000000000000000000:1A85 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0000 100 0 0 10 0
   3: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 444 1 0000 100 0 0 10 0
`;
  t.same(listenerInodes(table, 6789), ['111', '333']);
  t.same(listenerInodes(table, 80), ['444']);
  t.same(listenerInodes(table, 8), []);
});
