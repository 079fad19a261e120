/** From a request to its answer, without any socket. */

import {
  BadRequestError,
  NO_STORE,
  Query,
  ROBOTS,
  emptyAnswer,
  jsonAnswer,
  preflightAnswer,
  splitUrl,
  textAnswer,
  wantsPage,
} from '../../../lib/api-server/index.js';
import type { Answer } from '../../../lib/api-server/index.js';
import type { HealthReport } from '../health/health-report.js';
import type { IndexReader } from '../store/index-reader.js';
import { ENDPOINTS } from './endpoints.js';
import { exampleLink } from './explorer/example-link.js';
import { explore } from './explorer/explore.js';
import { didDocument, overview } from './front-pages.js';

/** What the answers need besides the index. */
export interface ApiState {
  readonly health: () => HealthReport;
  /** Host name of the did:web that this instance answers for; null for none. */
  readonly didWebDomain: string | null;
}

/** The part of a request that matters. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly url: string;
  /** The header. */
  readonly accept: string | undefined;
}

const ALLOW = [['allow', 'GET,HEAD']] as const;

/** Paths that are answered without the index. */
const PLAIN_ROUTES: ReadonlyMap<string, (state: ApiState) => Answer> = new Map([
  ['/live', () => jsonAnswer('/live', 200, '{"live":true}')],
  ['/health', health],
  ['/robots.txt', () => textAnswer('/robots.txt', 200, ROBOTS)],
  ['/.well-known/did.json', wellKnown],
]);

/**
 * Finds the answer: JSON, or the page of it for who would rather have that.
 *
 * @param reader - null while the store is not open: what needs it gets a 503
 */
export function answerFor(
  state: ApiState,
  reader: IndexReader | null,
  request: ApiRequest
): Answer | Promise<Answer> {
  const answer = plainAnswerFor(state, reader, request);
  if (!wantsPage(request.accept)) return answer;
  const show = (plain: Answer): Answer =>
    explore(plain, request.url, {
      sample: state.health().sample,
      example: () => exampleLink(reader),
    });
  return answer instanceof Promise ? answer.then(show) : show(answer);
}

function plainAnswerFor(
  state: ApiState,
  reader: IndexReader | null,
  { method, url }: ApiRequest
): Answer | Promise<Answer> {
  const { path, query } = splitUrl(url);
  if (method === 'OPTIONS') return preflightAnswer();
  const endpoint = ENDPOINTS.get(path);
  const plain = PLAIN_ROUTES.get(path);
  const ours =
    endpoint !== undefined ||
    plain !== undefined ||
    path === '/' ||
    path === '/ready';
  if (!ours) return emptyAnswer('unknown', 404);
  if (method !== 'GET' && method !== 'HEAD') {
    return emptyAnswer(path, 405, ALLOW);
  }
  if (plain !== undefined) return plain(state);
  if (path === '/ready') return ready(reader);
  if (reader === null) return notReady(path);
  if (endpoint === undefined) {
    return jsonAnswer('/', 200, overview(reader.state(), Date.now()));
  }
  return ask(path, () => endpoint(reader, new Query(query)));
}

function ask(
  route: string,
  answer: () => string | Promise<string>
): Answer | Promise<Answer> {
  try {
    const body = answer();
    if (typeof body === 'string') return jsonAnswer(route, 200, body);
    return body.then(
      (text) => jsonAnswer(route, 200, text),
      (error: unknown) => refuse(route, error)
    );
  } catch (error) {
    return refuse(route, error);
  }
}

function refuse(route: string, error: unknown): Answer {
  if (!(error instanceof BadRequestError)) throw error;
  return textAnswer(route, 400, `Failed to read the query: ${error.message}`);
}

function health(state: ApiState): Answer {
  const report = state.health();
  const status = report.verdict === 'stalled' ? 503 : 200;
  return {
    ...jsonAnswer('/health', status, `${JSON.stringify(report, null, 2)}\n`),
    headers: NO_STORE,
  };
}

function ready(reader: IndexReader | null): Answer {
  return reader === null
    ? notReady('/ready')
    : { ...jsonAnswer('/ready', 200, '{"ready":true}'), headers: NO_STORE };
}

function notReady(route: string): Answer {
  return {
    ...textAnswer(route, 503, 'the store is not open yet'),
    headers: [['retry-after', '1'], ...NO_STORE],
  };
}

function wellKnown({ didWebDomain }: ApiState): Answer {
  const route = '/.well-known/did.json';
  if (didWebDomain === null) return emptyAnswer(route, 404);
  return jsonAnswer(route, 200, didDocument(didWebDomain));
}
