import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { FaultControl } from '../fault/fault-control.js';
import { garbageFrames } from '../fault/garbage.js';
import { jumpBackEvents } from '../fault/parse-fault.js';
import { EventBlock } from '../log/event-block.js';
import type { EventLog } from '../log/event-log.js';
import type { Position } from '../log/segment.js';
import type { EventFilter } from './event-filter.js';
import { outgoing } from './outgoing.js';
import { readOptionsUpdate, type Subscription } from './subscription.js';

/** What a subscriber is connected to. */
export interface SubscriberOptions {
  readonly log: EventLog;
  readonly faults: FaultControl;
  readonly subscription: Subscription;
  /** For the handshake, pings and the closing; after that it never sends. */
  readonly webSocket: WebSocket;
  /** Where the frames are written, ready made. */
  readonly socket: Duplex;
  /** Called whenever there is nothing more to send for now. */
  readonly onCaughtUp: () => void;
}

/**
 * One client: a place in the log that moves on as fast as its socket drains.
 * Nothing is queued for it, so a slow one costs no memory.
 */
export class Subscriber {
  /** Events sent, after filtering. */
  eventsSent = 0;
  /** Bytes of frames with events. */
  bytesSent = 0;
  private readonly options: SubscriberOptions;
  private filter: EventFilter;
  private position: Position | undefined;
  private lastSent: { block: EventBlock; event: number } | undefined;
  private ready: boolean;
  private pumping = false;
  private eventsUntilStrike = Number.POSITIVE_INFINITY;

  constructor(options: SubscriberOptions) {
    const { subscription, webSocket, socket } = options;
    this.options = options;
    this.filter = subscription.filter;
    this.ready = !subscription.requireHello;
    socket.on('drain', () => this.pump());
    webSocket.on('message', (data, isBinary) => {
      if (!isBinary && Buffer.isBuffer(data)) this.update(data.toString());
    });
  }

  /** Begins to send. */
  start(position: Position): void {
    this.position = position;
    this.faultChanged();
  }

  /** To be called when the fault of the moment is another one. */
  faultChanged(): void {
    const { current } = this.options.faults;
    this.eventsUntilStrike = Number.POSITIVE_INFINITY;
    if (
      current.fault === 'close' ||
      current.fault === 'garbage' ||
      current.fault === 'jump-back'
    ) {
      this.eventsUntilStrike = current.afterEvents ?? 0;
    }
    this.pump();
  }

  /** Sends what there is to send; to be called when events were added. */
  pump(): void {
    if (this.pumping) return;
    this.send().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.webSocket.close(1011, reason.slice(0, 100));
    });
  }

  private async send(): Promise<void> {
    const { log, onCaughtUp } = this.options;
    this.pumping = true;
    try {
      while (this.position !== undefined && this.mayWrite()) {
        if (this.eventsUntilStrike <= 0) {
          await this.strike(this.position);
          continue;
        }
        const position = log.settle(this.position);
        this.position = position;
        const segment = log.at(position);
        if (segment === undefined) {
          onCaughtUp();
          break;
        }
        const loaded = segment.block();
        const block = loaded instanceof EventBlock ? loaded : await loaded;
        // Much can have happened while a file was read.
        if (!this.mayWrite() || this.eventsUntilStrike <= 0) continue;
        // A narrow filter passes over much: let others have their turn.
        if (this.write(position, block) === 0) await nextTurn();
      }
    } finally {
      this.pumping = false;
    }
  }

  private mayWrite(): boolean {
    const { webSocket, socket, faults } = this.options;
    return (
      webSocket.readyState === webSocket.OPEN &&
      this.ready &&
      !socket.writableNeedDrain &&
      faults.current.fault !== 'silent'
    );
  }

  /** @returns how many events were written */
  private write({ segment, event }: Position, block: EventBlock): number {
    const { socket, subscription } = this.options;
    const { filter } = this;
    const { compress } = subscription;
    const limit = this.eventsUntilStrike;
    const sending = outgoing(block, event, limit, { filter, compress });
    this.position = { segment, event: sending.next };
    this.lastSent = { block, event: sending.next - 1 };
    this.eventsUntilStrike -= sending.events;
    this.eventsSent += sending.events;
    socket.cork();
    for (const frame of sending.frames) {
      this.bytesSent += frame.length;
      socket.write(frame);
    }
    socket.uncork();
    return sending.events;
  }

  /** The `time_us` of the event sent last, in microseconds. */
  private get sentTimeUs(): number | undefined {
    const { block, event } = this.lastSent ?? {};
    return block?.timeUs(event ?? 0);
  }

  /** The same, or of the event that comes first where none was sent. */
  private async timeUsHere(position: Position): Promise<number> {
    const { log } = this.options;
    const next = log.settle(position);
    const block = await log.at(next)?.block();
    return this.sentTimeUs ?? block?.timeUs(next.event) ?? log.newestTimeUs;
  }

  private async strike(position: Position): Promise<void> {
    const { faults, log, socket, webSocket, subscription } = this.options;
    const fault = faults.current;
    this.eventsUntilStrike =
      ('everyEvents' in fault ? fault.everyEvents : undefined) ??
      Number.POSITIVE_INFINITY;
    if (!faults.strike()) return;
    switch (fault.fault) {
      case 'close':
        if (fault.abrupt === true) socket.destroy();
        else webSocket.close(fault.closeCode ?? 1001);
        break;
      case 'garbage': {
        const { garbage, sizeBytes } = fault;
        const { compress } = subscription;
        const timeUs = await this.timeUsHere(position);
        if (!this.mayWrite()) break;
        socket.write(garbageFrames(garbage, { timeUs, compress, sizeBytes }));
        break;
      }
      case 'jump-back': {
        const events = fault.events ?? jumpBackEvents;
        this.position = log.back(position, events);
        break;
      }
      default:
    }
  }

  private update(text: string): void {
    const filter = readOptionsUpdate(text);
    if (typeof filter === 'string') {
      this.options.webSocket.close(1008, filter.slice(0, 100));
      return;
    }
    this.filter = filter;
    this.ready = true;
    this.pump();
  }
}
