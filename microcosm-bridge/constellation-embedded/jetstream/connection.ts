import type { WebSocket } from 'ws';
import type { Clock } from './clock.js';
import type { DisconnectReason } from './retry-policy.js';

/** How a connection ended. */
export interface ConnectionEnd {
  readonly reason: DisconnectReason;
  /** For a person. */
  readonly message: string;
}

/** What a connection needs and whom it tells. */
export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly clock: Clock;
  /** Connected without an event for this long: over. */
  readonly silentMs: number;
  readonly onOpen: () => void;
  /** A frame came. @returns whether it was an event */
  readonly onFrame: (data: Buffer, isBinary: boolean) => boolean;
}

/** Into so many parts the time of silence is divided. */
const TICKS = 8;

/**
 * One WebSocket from its beginning to its end; `ended` always resolves, and no
 * frame is handed out afterwards.
 *
 * Silence is counted in ticks, not in time, since each tick is a turn of the
 * event loop in which the socket was read: a store that blocks the thread for
 * a minute, or a machine that slept, costs one tick and no false alarm. While
 * paused nothing is counted.
 */
export class Connection {
  readonly ended: Promise<ConnectionEnd>;
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  #resolve: (end: ConnectionEnd) => void = () => undefined;
  #over = false;
  #paused = false;
  #cancelTick: () => void = () => undefined;
  /** Ticks since the last event, and since anything came. */
  #ticksWithoutEvent = 0;
  #framesWithoutEvent = 0;
  #answersPings = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#listen(options.socket);
  }

  /** Stops reading: TCP then slows the server down. */
  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#paused = false;
    this.#ticksWithoutEvent = 0;
    this.#socket.resume();
  }

  /** Ends it, politely when the line is free. */
  stop(): void {
    this.#end('stopped', 'stopped');
  }

  #listen(socket: WebSocket): void {
    let opened = false;
    socket.on('open', () => {
      if (this.#over) return;
      opened = true;
      this.#options.onOpen();
      if (this.#paused) socket.pause();
      this.#tick();
    });
    socket.on('message', (data, isBinary) => {
      if (this.#over || !Buffer.isBuffer(data)) return;
      if (this.#options.onFrame(data, isBinary)) {
        this.#ticksWithoutEvent = 0;
        this.#framesWithoutEvent = 0;
      } else {
        this.#framesWithoutEvent++;
      }
    });
    socket.on('pong', () => {
      this.#answersPings = true;
    });
    // Stays for good: ending a socket that is still connecting raises one more.
    socket.on('error', (error) => {
      this.#end(reasonOf(error, opened), errorMessage(error));
    });
    socket.on('close', (code, reason) => {
      const why = printable(reason, 100);
      const text = why === '' ? '' : `: ${why}`;
      this.#end('closed', `the connection was closed (${code}${text})`);
    });
  }

  #tick(): void {
    const { clock, silentMs } = this.#options;
    this.#cancelTick = clock.after(silentMs / TICKS, () => {
      if (!this.#paused) this.#countTick();
      if (!this.#over) this.#tick();
    });
  }

  #countTick(): void {
    this.#ticksWithoutEvent++;
    if (this.#ticksWithoutEvent === TICKS / 2) {
      this.#answersPings = false;
      this.#socket.ping();
    }
    if (this.#ticksWithoutEvent < TICKS) return;
    const seconds = this.#options.silentMs / 1000;
    if (this.#framesWithoutEvent > 0) {
      const message = `${this.#framesWithoutEvent} frames in ${seconds} s and no event among them`;
      this.#end('garbage', message);
      return;
    }
    const alive = this.#answersPings
      ? 'the server answers pings'
      : 'the server does not answer pings';
    this.#end('silent', `no event for ${seconds} s; ${alive}`);
  }

  #end(reason: DisconnectReason, message: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTick();
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.close(1000);
    this.#socket.terminate();
    this.#resolve({ reason, message });
  }
}

function reasonOf(error: Error, opened: boolean): DisconnectReason {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 'oversized';
  if (code === 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH') return 'oversized';
  if (code.startsWith('WS_ERR_')) return 'protocol';
  return opened ? 'closed' : 'unreachable';
}

/** A connection to a name with several addresses fails without a message. */
function errorMessage(error: Error): string {
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}

/** Bytes from outside as one line of printable ASCII. */
export function printable(bytes: Buffer, maxLength: number): string {
  return bytes
    .subarray(0, maxLength)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '.');
}
