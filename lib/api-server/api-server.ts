/**
 * The HTTP side of a server of ours. `node:http` itself: two dozen fixed paths
 * need no router, and the answers have to be the real server's to the byte.
 */

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
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
      void respond(options, request, response);
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

async function respond(
  options: ApiServerOptions,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const started = performance.now();
  let answer: Answer;
  try {
    const pending = options.answer(request);
    answer = pending instanceof Promise ? await pending : pending;
  } catch (error) {
    options.onError(error);
    answer = {
      route: 'error',
      status: 500,
      type: 'text/plain; charset=utf-8',
      body: 'internal error',
    };
  }
  send(request, response, answer);
  const seconds = (performance.now() - started) / 1000;
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
    'origin, access-control-request-method, access-control-request-headers',
    'content-length',
    String(Buffer.byteLength(answer.body)),
  ];
  if (answer.type !== null) headers.push('content-type', answer.type);
  for (const [name, value] of answer.headers ?? []) headers.push(name, value);
  response.writeHead(answer.status, headers);
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}
