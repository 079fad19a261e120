/** From a request to its answer. */

import type { IncomingMessage } from 'node:http';
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
  type Answer,
} from '../../lib/api-server/index.js';
import {
  type ConstellationClient,
  ConstellationError,
} from '../../lib/constellation/index.js';
import type { Admission } from './admission.js';
import { API_ENDPOINTS } from './api/api-endpoints.js';
import {
  badRequest,
  clientFailure,
  failureAnswer,
} from './api/failure-answer.js';
import { overviewBody } from './api/overview.js';
import { sourceHeaders } from './api/source-headers.js';
import {
  BATCH_ENDPOINTS,
  type BatchEndpoint,
} from './batch/batch-endpoints.js';
import { BodyError, readJsonBody } from './batch/read-body.js';
import type { HealthReport } from './report/health-report.js';

/** What the answers are made from. */
export interface RouteContext {
  readonly client: ConstellationClient;
  readonly admission: Admission;
  readonly health: () => HealthReport;
  readonly stats: () => object;
  readonly metrics: () => Promise<{
    readonly type: string;
    readonly text: string;
  }>;
  /** The text of `/openapi.json`. */
  readonly openApi: string;
  /** The page for people. */
  readonly statusPage: () => Promise<Answer>;
}

type PlainRoute = (context: RouteContext) => Answer | Promise<Answer>;

/** Paths that no index is asked for, and that are answered under any load. */
const PLAIN_ROUTES: ReadonlyMap<string, PlainRoute> = new Map<
  string,
  PlainRoute
>([
  ['/live', () => jsonAnswer('/live', 200, '{"live":true}', NO_STORE)],
  ['/ready', ready],
  ['/health', health],
  ['/stats', ({ stats }) => pretty('/stats', 200, stats())],
  ['/metrics', metrics],
  ['/status', ({ statusPage }) => statusPage()],
  ['/openapi.json', ({ openApi }) => jsonAnswer('/openapi.json', 200, openApi)],
  ['/robots.txt', () => textAnswer('/robots.txt', 200, ROBOTS)],
]);

/** Whether a path of the service is more than an answer of an index. */
export function isQuestion(route: string): boolean {
  return (
    route === '/' || API_ENDPOINTS.has(route) || BATCH_ENDPOINTS.has(route)
  );
}

/** Finds the answer. */
export function answerFor(
  context: RouteContext,
  request: IncomingMessage
): Answer | Promise<Answer> {
  const { method = 'GET', url = '/' } = request;
  const { path, query } = splitUrl(url);
  if (method === 'OPTIONS') return preflightAnswer();
  const batch = BATCH_ENDPOINTS.get(path);
  if (batch !== undefined) {
    return method === 'POST'
      ? admit(context, path, () => answerBatch(context, path, batch, request))
      : emptyAnswer(path, 405, [['allow', 'POST, OPTIONS']]);
  }
  const plain = PLAIN_ROUTES.get(path);
  const endpoint = API_ENDPOINTS.get(path);
  if (plain === undefined && endpoint === undefined && path !== '/') {
    return emptyAnswer('unknown', 404);
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return emptyAnswer(path, 405, [['allow', 'GET, HEAD, OPTIONS']]);
  }
  if (plain !== undefined) return plain(context);
  if (endpoint === undefined && wantsPage(request.headers.accept)) {
    return context.statusPage();
  }
  return admit(context, path, async () => {
    const { client } = context;
    const answer =
      endpoint === undefined
        ? await client.api.overview()
        : await endpoint.ask(client.api, new Query(query), {});
    const body =
      endpoint === undefined ? overviewBody(answer.value) : answer.value;
    return jsonAnswer(path, 200, JSON.stringify(body), sourceHeaders(answer));
  });
}

async function answerBatch(
  { client }: RouteContext,
  path: string,
  endpoint: BatchEndpoint,
  request: IncomingMessage
): Promise<Answer> {
  const body = await endpoint(client, await readJsonBody(request));
  return jsonAnswer(path, 200, JSON.stringify(body), NO_STORE);
}

/** Does what needs an index, if there is a place; failures become answers. */
function admit(
  { admission }: RouteContext,
  route: string,
  work: () => Promise<Answer>
): Answer | Promise<Answer> {
  const admitted = admission.run(work);
  if (admitted === null) {
    const message = 'Too many questions are under way.';
    return failureAnswer(route, 503, 'OVERLOADED', message, 1);
  }
  return admitted.catch((error: unknown) => {
    if (error instanceof ConstellationError) return clientFailure(route, error);
    if (error instanceof BadRequestError) return badRequest(route, error);
    if (error instanceof BodyError) {
      return failureAnswer(route, error.status, error.code, error.message);
    }
    throw error;
  });
}

function health({ health: report }: RouteContext): Answer {
  const found = report();
  return pretty('/health', found.status === 'stopping' ? 503 : 200, found);
}

function ready({ health: report }: RouteContext): Answer {
  const { status } = report();
  const isReady = status === 'ok' || status === 'degraded';
  const body = JSON.stringify({ ready: isReady });
  return jsonAnswer('/ready', isReady ? 200 : 503, body, NO_STORE);
}

async function metrics(context: RouteContext): Promise<Answer> {
  const { type, text } = await context.metrics();
  return {
    route: '/metrics',
    status: 200,
    type,
    body: text,
    headers: NO_STORE,
  };
}

function pretty(route: string, status: number, value: object): Answer {
  const body = `${JSON.stringify(value, null, 2)}\n`;
  return jsonAnswer(route, status, body, NO_STORE);
}
