import { WebSocket } from 'ws';

/** Limits of one connection. */
export interface SocketLimits {
  /** Largest frame that is read; a larger one ends the connection at its header. */
  readonly maxMessageBytes: number;
  readonly handshakeTimeoutMs: number;
}

/** Begins to connect. */
export type SocketFactory = (url: string, limits: SocketLimits) => WebSocket;

/**
 * A WebSocket as the consumer needs it. No compression by the protocol, which
 * Jetstream does not offer; no redirects, so that the endpoint is the one that
 * was named. Text is checked for UTF-8 by the consumer: here it would end the
 * connection, and the next one too, over one bad frame.
 */
export function openSocket(url: string, limits: SocketLimits): WebSocket {
  return new WebSocket(url, {
    perMessageDeflate: false,
    followRedirects: false,
    skipUTF8Validation: true,
    maxPayload: limits.maxMessageBytes,
    handshakeTimeout: limits.handshakeTimeoutMs,
    headers: { 'User-Agent': 'constellation-local' },
  });
}
