import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Fault } from '../fault/fault.js';
import { FaultControl } from '../fault/fault-control.js';
import type { EventLog } from '../log/event-log.js';
import type { Position } from '../log/segment.js';
import type { ClientStatus, SimulatorStats } from '../simulator.js';
import { answerControl } from './control-endpoint.js';
import { answerText, refuseUpgrade } from './http-answer.js';
import { Listener } from './listener.js';
import { Subscriber } from './subscriber.js';
import { readSubscription, type Subscription } from './subscription.js';

/** Longest message of a client: options with 10,000 DIDs fit (Jetstream's limit). */
const maxClientMessageBytes = 10_000_000;

/** How many requests are remembered. */
const rememberedRequests = 100;

/** What {@link JetstreamServer} is told. */
export interface JetstreamServerOptions {
  readonly host: string;
  readonly port: number;
  readonly withoutCursor: 'live' | 'oldest';
  /** Called whenever a client has been sent all there is. */
  readonly onCaughtUp: () => void;
}

/** Serves a log of events to any number of clients. */
export class JetstreamServer {
  /** What is wrong with the stream. */
  readonly faults = new FaultControl((fault) => this.faultChanged(fault));
  private readonly options: JetstreamServerOptions;
  private readonly log: EventLog;
  private readonly listener: Listener;
  private readonly webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxClientMessageBytes,
  });
  private readonly subscribers = new Map<Subscriber, IncomingMessage>();
  private readonly requests: string[] = [];
  private gone = { eventsSent: 0, bytesSent: 0 };
  private accepted = 0;
  private refused = 0;

  constructor(options: JetstreamServerOptions, log: EventLog) {
    this.options = options;
    this.log = log;
    this.listener = new Listener({
      host: options.host,
      port: options.port,
      onRequest: (request, response) => this.answer(request, response),
      onUpgrade: (request, socket, head) => {
        this.upgrade(request, socket, head);
      },
    });
  }

  /** The port, once the server has been opened. */
  get port(): number {
    return this.listener.port;
  }

  /** Who is connected. */
  get clients(): ClientStatus[] {
    return [...this.subscribers].map(([subscriber, { url, headers }]) => ({
      url: url ?? '',
      userAgent: headers['user-agent'] ?? '',
      eventsSent: subscriber.eventsSent,
      bytesSent: subscriber.bytesSent,
    }));
  }

  /** What was done so far. */
  get stats(): SimulatorStats {
    let { eventsSent, bytesSent } = this.gone;
    for (const subscriber of this.subscribers.keys()) {
      eventsSent += subscriber.eventsSent;
      bytesSent += subscriber.bytesSent;
    }
    return {
      events: this.log.events,
      newestTimeUs: this.log.newestTimeUs,
      accepted: this.accepted,
      refused: this.refused,
      eventsSent,
      bytesSent,
      faultsStruck: this.faults.struck,
      requests: [...this.requests],
    };
  }

  /**
   * Listens.
   * @throws SimulatorError `cannot-listen`
   */
  open(): Promise<void> {
    return this.listener.open();
  }

  /** Sends what was added to the log. */
  pump(): void {
    for (const subscriber of this.subscribers.keys()) subscriber.pump();
  }

  /** Cuts all connections and stops listening. */
  async close(): Promise<void> {
    this.faults.close();
    await this.listener.close();
  }

  private async faultChanged(fault: Fault): Promise<void> {
    if (fault.fault === 'unreachable') {
      await this.listener.close();
      return;
    }
    await this.listener.open();
    if (fault.fault === 'refuse') this.listener.cut();
    for (const subscriber of this.subscribers.keys()) subscriber.faultChanged();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const [path] = (request.url ?? '').split('?');
    if (path === '/_control') {
      void answerControl(request, response, {
        status: () => ({
          fault: this.faults.current,
          clients: this.clients,
          stats: this.stats,
        }),
        setFault: (fault) => this.faults.set(fault),
      });
    } else if (this.faults.current.fault === 'refuse') {
      answerText(response, 503, 'Service Unavailable');
    } else if (path === '/subscribe') {
      answerText(response, 400, 'Bad Request: this is a WebSocket endpoint');
    } else if (path === '/') {
      answerText(response, 200, 'Simulated Jetstream; the stream: /subscribe');
    } else answerText(response, 404, 'Not Found');
  }

  private upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer
  ): void {
    socket.on('error', () => socket.destroy());
    const refuse = (status: number, text: string) => {
      this.refused++;
      refuseUpgrade(socket, status, text);
    };
    const [path, query = ''] = (request.url ?? '').split('?', 2);
    if (this.faults.current.fault === 'refuse') {
      return refuse(503, 'Service Unavailable');
    }
    if (path !== '/subscribe') return refuse(404, 'Not Found');
    const subscription = readSubscription(new URLSearchParams(query));
    if (typeof subscription === 'string') return refuse(400, subscription);
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      this.accepted++;
      this.requests.push(request.url ?? '');
      if (this.requests.length > rememberedRequests) this.requests.shift();
      void this.subscribe(webSocket, socket, subscription, request);
    });
  }

  private async subscribe(
    webSocket: WebSocket,
    socket: Duplex,
    subscription: Subscription,
    request: IncomingMessage
  ): Promise<void> {
    const { log, faults } = this;
    const { onCaughtUp } = this.options;
    // Before anything is waited for: the client may say hello at once.
    const subscriber = new Subscriber({
      log,
      faults,
      subscription,
      webSocket,
      socket,
      onCaughtUp,
    });
    this.subscribers.set(subscriber, request);
    webSocket.once('close', () => {
      this.subscribers.delete(subscriber);
      this.gone.eventsSent += subscriber.eventsSent;
      this.gone.bytesSent += subscriber.bytesSent;
    });
    try {
      subscriber.start(await this.startOf(subscription));
    } catch {
      webSocket.close(1011, 'The events cannot be read');
    }
  }

  private async startOf({ cursorUs }: Subscription): Promise<Position> {
    const { current } = this.faults;
    const oldestTimeUs =
      current.fault === 'retention' ? current.oldestTimeUs : 0;
    if (cursorUs !== undefined) {
      return this.log.find(Math.max(cursorUs, oldestTimeUs));
    }
    return this.options.withoutCursor === 'live'
      ? this.log.end
      : this.log.find(oldestTimeUs);
  }
}
