import { createServer, type RequestListener, type Server } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SimulatorError } from '../simulator-error.js';

/** What is done with requests. */
export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free port at the first {@link Listener.open} and keeps it. */
  readonly port: number;
  readonly onRequest: RequestListener;
  readonly onUpgrade: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer
  ) => void;
}

/** An HTTP server that can stop listening and begin again on the same port. */
export class Listener {
  private readonly host: string;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private boundPort: number;

  constructor(options: ListenerOptions) {
    this.host = options.host;
    this.boundPort = options.port;
    this.server = createServer(options.onRequest);
    this.server.on('upgrade', options.onUpgrade);
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** The port, once it is known. */
  get port(): number {
    return this.boundPort;
  }

  /**
   * Listens; does nothing where it does already.
   * @throws SimulatorError `cannot-listen`
   */
  async open(): Promise<void> {
    const { server, host, boundPort: port } = this;
    if (server.listening) return;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    }).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SimulatorError(
        'cannot-listen',
        `Cannot listen on ${host}:${port}: ${reason}`,
        { cause, suggestion: 'Choose another port, or 0 for any free one' }
      );
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) {
      this.boundPort = address.port;
    }
  }

  /** Stops listening and cuts every connection. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
