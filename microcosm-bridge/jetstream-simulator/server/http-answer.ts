import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers a request with a line of text. */
export function answerText(
  response: ServerResponse,
  status: number,
  text: string
): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text + '\n');
}

/** Answers a request with JSON. */
export function answerJson(
  response: ServerResponse,
  status: number,
  value: unknown
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(value) + '\n');
}

/** Answers a request for a WebSocket with something else, and hangs up. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  text: string
): void {
  const body = text + '\n';
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(head.join('\r\n') + '\r\n\r\n' + body);
}
