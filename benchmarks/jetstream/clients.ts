/** Ways to read a Jetstream, all down to "this many events were just read". */

import { JetstreamSubscription } from '@atcute/jetstream';
import { WebSocket } from 'ws';
import { JetstreamConsumer } from '../../microcosm-bridge/constellation-embedded/jetstream/index.js';

/** Reads until `signal` fires; each number is events read since the one before. */
export type Client = (
  url: string,
  signal: AbortSignal
) => AsyncIterable<number>;

/** All of them, by the name that the table shows. */
export const CLIENTS: Readonly<Record<string, Client>> = {
  'ws and JSON.parse alone': bareSocket,
  'our consumer': ourConsumer,
  '@atcute/jetstream': (url, signal) => atcute(url, signal, true),
  '@atcute/jetstream, not validating': (url, signal) =>
    atcute(url, signal, false),
};

/** The floor: nothing but what every client has to do. */
async function* bareSocket(
  url: string,
  signal: AbortSignal
): AsyncGenerator<number> {
  const socket = new WebSocket(`${url}?cursor=1`, { perMessageDeflate: false });
  let read = 0;
  let wake = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    JSON.parse(data.toString('utf8'));
    read++;
    wake();
  });
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    const count = read;
    read = 0;
    yield count;
  }
  socket.terminate();
}

async function* ourConsumer(
  url: string,
  signal: AbortSignal
): AsyncGenerator<number> {
  const consumer = new JetstreamConsumer({ endpoints: [url], cursor: 1 });
  for await (const { events } of consumer.batches(signal)) yield events.length;
}

/** Node 20 has no WebSocket of its own. */
class PlainWebSocket extends WebSocket {
  constructor(url: string, protocols?: string[]) {
    super(url, protocols, { perMessageDeflate: false });
  }
}

async function* atcute(
  url: string,
  signal: AbortSignal,
  validateEvents: boolean
): AsyncGenerator<number> {
  const subscription = new JetstreamSubscription({
    url,
    cursor: 20_000_000,
    validateEvents,
    ws: { WebSocket: PlainWebSocket },
  });
  for await (const _ of subscription) {
    yield 1;
    if (signal.aborted) return;
  }
}
