import { once } from 'node:events';
import type { Test } from 'tap';
import { WebSocket } from 'ws';

/** Longest that anything is waited for, generous because the machine is shared. */
const deadlineMs = 30_000;

/** A client that keeps every frame. */
export class StreamClient {
  /** Text frames as they came. */
  readonly texts: string[] = [];
  /** Binary frames as they came. */
  readonly binaries: Buffer[] = [];
  /** The close code, once it is closed. */
  closeCode: number | undefined;
  readonly webSocket: WebSocket;

  private constructor(url: string) {
    this.webSocket = new WebSocket(url, { perMessageDeflate: false });
    this.webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.binaries.push(data);
      else this.texts.push(data.toString());
    });
    this.webSocket.on('close', (code) => (this.closeCode = code));
    this.webSocket.on('error', () => undefined);
  }

  /** Connects; the client ends with the test. */
  static async open(t: Test, url: string): Promise<StreamClient> {
    const client = new StreamClient(url);
    t.teardown(() => client.webSocket.terminate());
    const signal = AbortSignal.timeout(deadlineMs);
    await once(client.webSocket, 'open', { signal });
    return client;
  }

  /** Waits for so many frames of either kind, and returns the text ones. */
  async received(count: number): Promise<string[]> {
    await eventually(
      () => this.texts.length + this.binaries.length >= count,
      () => `${count} frames; there are ${this.texts.length}`
    );
    return this.texts;
  }

  /** Waits for the end of the connection. */
  async closed(): Promise<number> {
    await eventually(
      () => this.closeCode !== undefined,
      () => 'the connection to be closed'
    );
    return this.closeCode ?? 0;
  }
}

/** Waits until something is so. */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  what: () => string
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The HTTP status with which a WebSocket is refused. */
export async function refusal(t: Test, url: string): Promise<number> {
  const webSocket = new WebSocket(url);
  t.teardown(() => webSocket.terminate());
  return new Promise((resolve, reject) => {
    webSocket.once('open', () => reject(new Error('It was accepted')));
    webSocket.once('error', reject);
    webSocket.once('unexpected-response', (_, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  });
}
