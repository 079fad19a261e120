import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import {
  JETSTREAM_NAMES,
  parseEndpoint,
  type JetstreamEndpoint,
} from '../../../microcosm-bridge/constellation-embedded/jetstream/endpoints.js';
import { openSocket } from '../../../microcosm-bridge/constellation-embedded/jetstream/socket.js';

/** What trying a Jetstream came to. */
export type Measurement = {
  /** With its path. */
  readonly url: string;
  /** For people: the short name, or the URL without its query. */
  readonly label: string;
} & (
  | {
      readonly state: 'reachable';
      /** From the look-up of its name to the end of the handshake (ms). */
      readonly handshakeMs: number;
      /** How far its clock is ahead of ours (ms); null: it does not tell. */
      readonly clockAheadMs: number | null;
    }
  | { readonly state: 'unreachable'; readonly reason: string }
);

/** How long a handshake may take (ms). */
export const HANDSHAKE_LIMIT_MS = 5000;

/** Only the handshake is wanted: no frame of any size is read. */
const NO_FRAMES_BYTES = 1;

/**
 * Opens a real WebSocket to a Jetstream and closes it again.
 *
 * @param text a URL or short name
 * @throws the signal's reason; what cannot be reached is a measurement
 */
export async function measureEndpoint(
  text: string,
  signal: AbortSignal
): Promise<Measurement> {
  signal.throwIfAborted();
  const endpoint = parseEndpoint(text);
  const startedMs = performance.now();
  const socket = openSocket(endpoint.url, {
    maxMessageBytes: NO_FRAMES_BYTES,
    handshakeTimeoutMs: HANDSHAKE_LIMIT_MS,
  });
  const stop = (): void => socket.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const measured = await handshake(socket, endpoint, startedMs);
    signal.throwIfAborted();
    return measured;
  } finally {
    signal.removeEventListener('abort', stop);
    socket.terminate();
  }
}

/** A Jetstream as people call it: its short name, if it has one. Pure. */
export function labelOf({ url, label }: JetstreamEndpoint): string {
  const names = Object.entries(JETSTREAM_NAMES);
  return names.find(([, known]) => known === url)?.[0] ?? label;
}

async function handshake(
  socket: WebSocket,
  endpoint: JetstreamEndpoint,
  startedMs: number
): Promise<Measurement> {
  const { url } = endpoint;
  const label = labelOf(endpoint);
  return await new Promise((resolve) => {
    let clockAheadMs: number | null = null;
    const unreachable = (reason: string): void => {
      resolve({ url, label, state: 'unreachable', reason });
    };
    socket.on('upgrade', ({ headers }: IncomingMessage) => {
      clockAheadMs = clockDifference(headers.date, Date.now());
    });
    socket.on('open', () => {
      const handshakeMs = performance.now() - startedMs;
      resolve({ url, label, state: 'reachable', handshakeMs, clockAheadMs });
    });
    socket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      unreachable(`it answered ${statusCode ?? '?'} instead of a stream`);
    });
    socket.on('error', (error) => unreachable(reasonOf(error)));
    socket.on('close', () => unreachable('it closed the connection'));
  });
}

/** How far the `Date` of an answer is ahead (ms). Pure. */
export function clockDifference(
  date: string | undefined,
  nowMs: number
): number | null {
  const theirsMs = Date.parse(date ?? '');
  return Number.isNaN(theirsMs) ? null : theirsMs - nowMs;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it broke the connection off',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ENETUNREACH: 'there is no network to it',
  EHOSTUNREACH: 'there is no way to its host',
  ETIMEDOUT: 'it does not answer',
};

function reasonOf(error: Error): string {
  const code: unknown = Reflect.get(error, 'code');
  const known = typeof code === 'string' ? REASONS[code] : undefined;
  if (known !== undefined) return known;
  if (/handshake has timed out/i.test(error.message)) {
    return `no handshake within ${HANDSHAKE_LIMIT_MS / 1000} s`;
  }
  const message = error.message === '' ? String(code) : error.message;
  return message.slice(0, 200);
}
