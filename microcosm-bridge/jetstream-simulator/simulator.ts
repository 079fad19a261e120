import type { Fault } from './fault/fault.js';

/** One client of the simulator. */
export interface ClientStatus {
  /** The path and query of its request. */
  readonly url: string;
  readonly userAgent: string;
  /** Events sent to it, after filtering. */
  readonly eventsSent: number;
  readonly bytesSent: number;
}

/** What the simulator has done so far. */
export interface SimulatorStats {
  /** Events that can be replayed. */
  readonly events: number;
  /** Greatest `time_us` of them, in microseconds; 0 where there are none. */
  readonly newestTimeUs: number;
  /** Requests for a stream that were accepted. */
  readonly accepted: number;
  /** Requests for a stream that were refused with a status. */
  readonly refused: number;
  /** Events and bytes sent, over all clients. */
  readonly eventsSent: number;
  readonly bytesSent: number;
  /** How often a fault has struck a connection. */
  readonly faultsStruck: number;
  /** URLs of the latest accepted requests, oldest first, at most 100. */
  readonly requests: readonly string[];
}

/** A running simulator. */
export interface Simulator {
  /** `ws://HOST:PORT/subscribe`: what a consumer is given. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Who is connected. */
  readonly clients: readonly ClientStatus[];
  readonly stats: SimulatorStats;
  /** What is wrong with the stream now. */
  readonly fault: Fault;
  /**
   * Replaces what is wrong; `{ fault: 'none' }` is how to recover. Resolves when
   * it is so.
   * @throws SimulatorError `bad-fault`, or `cannot-listen` where the port was
   * taken by somebody else in the meantime
   */
  setFault(fault: Fault): Promise<void>;
  /**
   * Adds events to the stream: those listening get them at once, others on replay.
   * @param eventLines one event each, JSON without line ends, sent as it is
   * @throws SimulatorError `closed`
   */
  push(eventLines: readonly string[]): void;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}
