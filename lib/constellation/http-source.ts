import { Pool, errors } from 'undici';
import type { Ending } from './ending.js';
import { ConstellationError, type ConstellationErrorCode } from './errors.js';
import { exchange, type HttpAnswer } from './exchange.js';
import { parseRetryAfter } from './retry-after.js';
import { shownUrl } from './service-url.js';

/** How an {@link HttpSource} connects. */
export interface HttpSourceOptions {
  /** The index's base URL, checked already. */
  readonly url: URL;
  /**
   * Connections kept at most for questions; what is beyond waits inside. Health
   * has one of its own, so that it is told however many questions are under way.
   */
  readonly connections: number;
  /** Time for a connection to be made, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Largest answer taken, in bytes. */
  readonly maxBodyBytes: number;
  /** Sent with each request; constant, since servers count by it. */
  readonly userAgent: string;
  /** The wall clock, for HTTP dates. */
  readonly wallMs: () => number;
}

/** Statuses that say the question is at fault, not the index. */
const QUESTION_AT_FAULT: ReadonlySet<number> = new Set([400, 414, 422, 431]);

/**
 * Asks one index over HTTP/1.1 with connections kept alive. Answers are
 * bounded in size and have to be JSON; redirects are never followed. Limits in
 * time come from the caller.
 */
export class HttpSource {
  /** The index's URL as it may be shown. */
  readonly url: string;
  readonly #options: HttpSourceOptions;
  readonly #questions: Pool;
  readonly #probes: Pool;
  readonly #basePath: string;
  readonly #headers: Record<string, string>;

  constructor(options: HttpSourceOptions) {
    this.#options = options;
    this.url = shownUrl(options.url);
    this.#basePath = options.url.pathname.replace(/\/+$/, '');
    this.#headers = {
      accept: 'application/json',
      'user-agent': options.userAgent,
    };
    this.#questions = openPool(options, options.connections);
    this.#probes = openPool(options, 1);
  }

  /**
   * @param path the API's path and query
   * @param ending ends the request; its reason is what is thrown
   * @returns the parsed JSON of a 200
   * @throws ConstellationError `UNREACHABLE`, `CONNECTION_LOST`, `REJECTED`,
   *   `RATE_LIMITED`, `HTTP_STATUS`, `REDIRECTED`, `BODY_TOO_LARGE`, `BAD_BODY`
   */
  async getJson(path: string, ending: Ending): Promise<unknown> {
    try {
      const { status, headers, text } = await this.#get(
        this.#questions,
        path,
        ending,
        isRead
      );
      if (status === 200) return this.#parse(text, headers['content-type']);
      if (QUESTION_AT_FAULT.has(status)) {
        throw this.#error('REJECTED', `refused the question`, {
          status,
          detail: text.slice(0, 200),
        });
      }
      throw this.#statusError(status, headers);
    } catch (error) {
      throw this.#failure(error, ending);
    }
  }

  /**
   * For health checks, where a 503 with a body says something too.
   *
   * @returns the status, and the parsed JSON or undefined where it is none
   * @throws ConstellationError where there was no whole answer
   */
  async probe(
    path: string,
    ending: Ending
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    try {
      const { status, text } = await this.#get(
        this.#probes,
        path,
        ending,
        () => true
      );
      return { status, body: parseOrUndefined(text) };
    } catch (error) {
      throw this.#failure(error, ending);
    }
  }

  /** Ends all connections at once. */
  async close(): Promise<void> {
    await Promise.all([this.#questions.destroy(), this.#probes.destroy()]);
  }

  /** @throws what the ending says, or undici's errors */
  #get(
    pool: Pool,
    path: string,
    ending: Ending,
    reads: (status: number) => boolean
  ): Promise<HttpAnswer> {
    return exchange(
      pool,
      {
        method: 'GET',
        path: this.#basePath + path,
        headers: this.#headers,
      },
      ending,
      reads
    );
  }

  #failure(error: unknown, ending: Ending): Error {
    if (error instanceof ConstellationError) return error;
    return ending.reason ?? this.#transportError(error);
  }

  #parse(text: string, contentType: string | string[] | undefined): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      const type = String(contentType ?? 'no content type').slice(0, 80);
      throw this.#error('BAD_BODY', `answered no JSON`, {
        detail: type,
        cause,
        status: 200,
      });
    }
  }

  #statusError(
    status: number,
    headers: HttpAnswer['headers']
  ): ConstellationError {
    const header = headers['retry-after'];
    const retryAfterMs =
      parseRetryAfter(
        typeof header === 'string' ? header : undefined,
        this.#options.wallMs()
      ) ?? undefined;
    if (status === 429 || (status === 503 && retryAfterMs !== undefined)) {
      return this.#error('RATE_LIMITED', 'asked for patience', {
        status,
        retryAfterMs,
      });
    }
    if (status >= 300 && status < 400) {
      return this.#error('REDIRECTED', 'redirects elsewhere', {
        status,
        suggestion:
          'Set the URL to the index itself; redirects are not followed.',
      });
    }
    return this.#error('HTTP_STATUS', 'failed', { status });
  }

  #transportError(error: unknown): ConstellationError {
    if (error instanceof errors.ResponseExceededMaxSizeError) {
      const limit = this.#options.maxBodyBytes;
      return this.#error(
        'BODY_TOO_LARGE',
        `answered more than ${limit} bytes`,
        { cause: error }
      );
    }
    if (error instanceof errors.HTTPParserError) {
      return this.#error('BAD_BODY', 'does not speak HTTP', { cause: error });
    }
    const code = systemCode(error);
    return LOST.has(code)
      ? this.#error('CONNECTION_LOST', 'ended the connection', {
          cause: error,
          detail: code,
        })
      : this.#error('UNREACHABLE', 'could not be reached', {
          cause: error,
          detail: code,
        });
  }

  #error(
    code: ConstellationErrorCode,
    problem: string,
    facts: {
      readonly status?: number;
      readonly detail?: string;
      readonly retryAfterMs?: number | undefined;
      readonly suggestion?: string;
      readonly cause?: unknown;
    }
  ): ConstellationError {
    const details = [
      facts.status === undefined ? '' : `HTTP ${facts.status}`,
      facts.detail ?? '',
    ].filter((text) => text !== '');
    const shown = details.length === 0 ? '' : ` (${details.join(', ')})`;
    return new ConstellationError(code, `${this.url} ${problem}${shown}.`, {
      url: this.url,
      ...facts,
    });
  }
}

function openPool(options: HttpSourceOptions, connections: number): Pool {
  return new Pool(options.url.origin, {
    connections,
    connect: { timeout: options.connectTimeoutMs },
    maxResponseSize: options.maxBodyBytes,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Codes of a connection that was made and then ended. */
const LOST: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_ABORTED',
]);

function isRead(status: number): boolean {
  return status === 200 || QUESTION_AT_FAULT.has(status);
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string'
    ? error.code
    : error.name;
}
