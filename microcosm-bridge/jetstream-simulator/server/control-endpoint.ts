import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../fault/fault.js';
import { parseFault } from '../fault/parse-fault.js';
import { SimulatorError } from '../simulator-error.js';
import { answerJson } from './http-answer.js';

/** Longest body of a request, in bytes. */
const maxBodyBytes = 16 * 1024;

/** What the control endpoint controls. */
export interface Controlled {
  /** What a GET answers. */
  readonly status: () => unknown;
  readonly setFault: (fault: Fault) => Promise<void>;
}

const loopback = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/**
 * Answers `GET /_control` with what the simulator is doing and `POST /_control`
 * with a {@link Fault} as its JSON body. Only for this machine, and only with the
 * content type of JSON, which a web page cannot send here unasked.
 */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  controlled: Controlled
): Promise<void> {
  if (!loopback.test(request.socket.remoteAddress ?? '')) {
    return answerJson(response, 403, { error: 'Only from this machine' });
  }
  if (request.method === 'GET') {
    return answerJson(response, 200, controlled.status());
  }
  if (request.method !== 'POST') {
    return answerJson(response, 405, { error: 'GET or POST' });
  }
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    return answerJson(response, 415, { error: 'Send application/json' });
  }
  let fault: Fault;
  try {
    fault = parseFault(JSON.parse(await bodyOf(request)));
    mustEnd(fault);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return answerJson(response, 400, { error: message });
  }
  // Being unreachable cuts this very connection too: answer first.
  if (fault.fault === 'unreachable') {
    response.once('close', () => void controlled.setFault(fault));
    response.setHeader('connection', 'close');
  } else await controlled.setFault(fault);
  answerJson(response, 200, { fault });
}

function mustEnd(fault: Fault): void {
  if (fault.fault === 'unreachable' && fault.forMs === undefined) {
    throw new SimulatorError(
      'bad-fault',
      'unreachable needs "forMs": nothing could end it'
    );
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxBodyBytes) {
      throw new SimulatorError(
        'bad-fault',
        `The body is longer than ${maxBodyBytes} bytes`
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
