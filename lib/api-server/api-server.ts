/**
 * The HTTP side of a server of ours. `node:http` itself: two dozen fixed paths
 * need no router, and the answers have to be the real server's to the byte.
 */

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { emptyAnswer, textAnswer } from './answer.js';
import type { Answer } from './answer.js';

/** What the server is built over. */
export interface ApiServerOptions {
  /** Finds the answer; what it throws is answered with a 500. */
  readonly answer: (request: IncomingMessage) => Answer | Promise<Answer>;
  /** Called after every answer, with the seconds it took. */
  readonly onAnswer: (route: string, status: number, seconds: number) => void;
  /** Called when an answer failed for no fault of the client. */
  readonly onError: (error: unknown) => void;
}

/** Longest request head, bytes: room for many `did` parameters, not for an attack. */
const MAX_HEADER_BYTES = 64 * 1024;

const FAILURE = textAnswer('error', 500, 'internal error');
/** What a newer Node's parser says by itself of a target that is not ASCII. */
const NO_ASCII = emptyAnswer('error', 400);

/** Makes the server; the caller listens. */
export function createApiServer(options: ApiServerOptions): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      // An idle connection is closed before ten thousand of them add up.
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 5_000,
    },
    (request, response) => {
      respond({ options, request, response, startedMs: performance.now() });
    }
  );
  server.on('clientError', (error, socket) => {
    if (!socket.writable) return;
    const tooLong = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW';
    const status = tooLong
      ? '431 Request Header Fields Too Large'
      : '400 Bad Request';
    socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
    );
  });
  return server;
}

/**
 * Takes no more connections and waits until what is under way is answered;
 * after `drainMs` the rest is cut off.
 */
export function drainServer(server: Server, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections();
    }, drainMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** One request that waits for its answer. */
interface Exchange {
  readonly options: ApiServerOptions;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** By `performance.now()`. */
  readonly startedMs: number;
}

/** Most answers are there at once: those make no promise. */
function respond(exchange: Exchange): void {
  if (/[^\x21-\x7e]/.test(exchange.request.url ?? '')) {
    finish(exchange, NO_ASCII);
    return;
  }
  let answer: Answer | Promise<Answer>;
  try {
    answer = exchange.options.answer(exchange.request);
  } catch (error) {
    fail(exchange, error);
    return;
  }
  if (answer instanceof Promise) void respondLater(exchange, answer);
  else finish(exchange, answer);
}

async function respondLater(
  exchange: Exchange,
  answer: Promise<Answer>
): Promise<void> {
  try {
    finish(exchange, await answer);
  } catch (error) {
    fail(exchange, error);
  }
}

function fail(exchange: Exchange, error: unknown): void {
  exchange.options.onError(error);
  if (!exchange.response.headersSent) finish(exchange, FAILURE);
}

function finish(exchange: Exchange, answer: Answer): void {
  const { options, request, response, startedMs } = exchange;
  send(request, response, answer);
  const seconds = (performance.now() - startedMs) / 1000;
  options.onAnswer(answer.route, answer.status, seconds);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer
): void {
  const headers: string[] = [
    'access-control-allow-origin',
    '*',
    'vary',
    'accept, origin, access-control-request-method, access-control-request-headers',
    'content-length',
    String(Buffer.byteLength(answer.body)),
  ];
  if (answer.type !== null) headers.push('content-type', answer.type);
  for (const [name, value] of answer.headers ?? []) headers.push(name, value);
  response.writeHead(answer.status, headers);
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}
