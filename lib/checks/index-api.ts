import { fetchText } from '../health/index.js';
import { CheckError } from './check-error.js';

/** Query parameters, in order; a name may be repeated. */
export type ApiParams = ReadonlyArray<readonly [name: string, value: string]>;

/** An answer, whatever its status. */
export interface ApiAnswer {
  /** Path and query that were asked. */
  readonly asked: string;
  readonly status: number;
  readonly text: string;
}

/** A page of a thousand records takes a tenth of this. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Asks an index over HTTP, one bounded question at a time. */
export class IndexApi {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly #timeoutMs: number;

  /** @param timeoutMs for one whole answer */
  constructor(baseUrl: string, timeoutMs: number) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.#timeoutMs = timeoutMs;
  }

  /** @throws HealthError UNREACHABLE, TRY_TIMEOUT, TOO_LARGE */
  async get(
    path: string,
    params: ApiParams,
    signal: AbortSignal
  ): Promise<ApiAnswer> {
    const asked = pathAndQuery(path, params);
    const { status, text } = await fetchText(this.baseUrl + asked, {
      signal,
      timeoutMs: this.#timeoutMs,
      maxBytes: MAX_BYTES,
    });
    return { asked, status, text };
  }

  /**
   * The JSON of a 200.
   *
   * @throws CheckError `bad-status`, `bad-body`; HealthError as {@link get}
   */
  async json(
    path: string,
    params: ApiParams,
    signal: AbortSignal
  ): Promise<unknown> {
    const answer = await this.get(path, params, signal);
    const { asked, status, text } = answer;
    if (status !== 200) {
      throw new CheckError(`GET ${asked} answered ${status}: ${start(text)}`, {
        code: 'bad-status',
        expected: `status 200 for GET ${asked}`,
      });
    }
    return jsonOf(answer);
  }
}

/** @throws CheckError `bad-body` where it is no JSON */
export function jsonOf({ asked, text }: ApiAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckError(`GET ${asked} answered no JSON: ${start(text)}`, {
      code: 'bad-body',
      expected: `JSON for GET ${asked}`,
      cause,
    });
  }
}

/** A path with its query. Pure. */
export function pathAndQuery(path: string, params: ApiParams): string {
  const query = new URLSearchParams(
    params.map(([name, value]): [string, string] => [name, value])
  ).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** The start of foreign text, on one line, for a message. */
function start(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  if (line === '') return '(nothing)';
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
