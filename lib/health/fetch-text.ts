import { request } from 'undici';
import { withoutCredentials } from '../cli/credentials.js';
import { HealthError } from './health-error.js';

/** How something is fetched. */
export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  /** For the whole answer (ms, default 5,000). */
  readonly timeoutMs?: number | undefined;
  /** More is refused (bytes, default 1 MiB). */
  readonly maxBytes?: number | undefined;
}

/** An answer, read whole. */
export interface FetchedText {
  readonly status: number;
  readonly text: string;
}

/** A JSON answer, read whole; the value is foreign data. */
export interface FetchedJson {
  readonly status: number;
  readonly value: unknown;
}

/**
 * One GET over a connection of its own, which ends with it: a probe must not
 * see a connection that something else kept open.
 *
 * @throws HealthError UNREACHABLE, TRY_TIMEOUT, TOO_LARGE; the signal's reason
 */
export async function fetchText(
  url: string,
  options: FetchOptions = {}
): Promise<FetchedText> {
  const { signal, timeoutMs = 5000, maxBytes = 1024 * 1024 } = options;
  const shown = withoutCredentials(url);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  const stop = (): void => limit.abort();
  signal?.throwIfAborted();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const answer = await request(url, {
      signal: limit.signal,
      reset: true,
      headers: { 'user-agent': 'constellation-local' },
    });
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of answer.body) {
      const bytes = Buffer.from(chunk as Uint8Array);
      sizeBytes += bytes.length;
      if (sizeBytes > maxBytes) {
        throw new HealthError(
          `${shown} answered with more than ${maxBytes} bytes`,
          { code: 'TOO_LARGE', url: shown }
        );
      }
      chunks.push(bytes);
    }
    return {
      status: answer.statusCode,
      text: Buffer.concat(chunks).toString('utf8'),
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof HealthError) throw error;
    if (limit.signal.aborted) {
      throw new HealthError(`${shown} did not answer within ${timeoutMs} ms`, {
        code: 'TRY_TIMEOUT',
        url: shown,
        cause: error,
      });
    }
    throw new HealthError(`${shown} cannot be reached`, {
      code: 'UNREACHABLE',
      url: shown,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * {@link fetchText} of JSON.
 *
 * @throws HealthError also BAD_ANSWER where it is none
 */
export async function fetchJson(
  url: string,
  options: FetchOptions = {}
): Promise<FetchedJson> {
  const { status, text } = await fetchText(url, options);
  try {
    return { status, value: JSON.parse(text) as unknown };
  } catch (error) {
    const shown = withoutCredentials(url);
    throw new HealthError(`${shown} answered ${status} without JSON`, {
      code: 'BAD_ANSWER',
      url: shown,
      cause: error,
    });
  }
}
