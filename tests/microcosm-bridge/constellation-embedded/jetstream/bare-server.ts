import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/** A WebSocket server that does what a test says, for what no simulator does. */
export interface BareServer {
  readonly url: string;
  /** Where each connection was to begin, µs. */
  readonly cursors: readonly (number | null)[];
  readonly sockets: readonly WebSocket[];
}

/** Starts one that ends with its test. */
export async function bareServer(
  t: { teardown(run: () => void): void },
  onClient: (socket: WebSocket, cursorUs: number | null, raw: Duplex) => void,
  { autoPong = true }: { readonly autoPong?: boolean } = {}
): Promise<BareServer> {
  const server = new WebSocketServer({ port: 0, autoPong, host: '127.0.0.1' });
  const cursors: (number | null)[] = [];
  const sockets: WebSocket[] = [];
  server.on('connection', (socket, { url = '', socket: raw }) => {
    const cursor = new URL(url, 'ws://x').searchParams.get('cursor');
    const cursorUs = cursor === null ? null : Number(cursor);
    socket.on('error', () => undefined);
    cursors.push(cursorUs);
    sockets.push(socket);
    onClient(socket, cursorUs, raw);
  });
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('port');
  const url = `ws://127.0.0.1:${address.port}/subscribe`;
  return { url, cursors, sockets };
}
