import type { IncomingMessage } from 'node:http';

/** A body that is not taken, with the status that says why. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly code: 'BODY_TOO_LARGE' | 'NOT_JSON' | 'BODY_ENDED';
  readonly status: 400 | 413 | 415;

  constructor(
    code: BodyError['code'],
    status: BodyError['status'],
    message: string
  ) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Room for 100 of the longest AT-URIs. */
export const MOST_BODY_BYTES = 1024 * 1024;

/**
 * Reads a JSON body. How long it may take is bounded by the server.
 * @throws BodyError
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new BodyError(
      'NOT_JSON',
      415,
      'Send content-type: application/json.'
    );
  }
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new BodyError('NOT_JSON', 400, 'The body is not JSON.');
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MOST_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      sizeBytes += chunk.length;
      if (sizeBytes > MOST_BODY_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof BodyError) throw error;
    throw new BodyError('BODY_ENDED', 400, 'The body ended too early.');
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): BodyError {
  return new BodyError(
    'BODY_TOO_LARGE',
    413,
    `The body has more than ${MOST_BODY_BYTES} bytes.`
  );
}
