/** From why there is no answer to a status: what failed, and whose fault it is. */

import type { BadRequestError } from '../../../lib/api-server/index.js';
import {
  NO_STORE,
  jsonAnswer,
  type Answer,
  type Header,
} from '../../../lib/api-server/index.js';
import type { ConstellationError } from '../../../lib/constellation/index.js';
import { EXPOSE } from './source-headers.js';

/** What a caller is told where nobody says how long to wait. */
const UNNAMED_WAIT_SECONDS = 1;

/** The body of every failure. */
export function failureAnswer(
  route: string,
  status: number,
  error: string,
  message: string,
  retryAfterSeconds?: number
): Answer {
  const headers: Header[] = [...NO_STORE, EXPOSE];
  if (retryAfterSeconds !== undefined) {
    headers.push(['retry-after', String(retryAfterSeconds)]);
  }
  return jsonAnswer(route, status, JSON.stringify({ error, message }), headers);
}

/** A query or body that cannot be read. */
export function badRequest(route: string, error: BadRequestError): Answer {
  const message = `Failed to read the request: ${error.message}`;
  return failureAnswer(route, 400, error.code, message);
}

/** What the client says instead of an answer. */
export function clientFailure(
  route: string,
  error: ConstellationError
): Answer {
  const { code, message } = error;
  const status = statusOf(error);
  return failureAnswer(
    route,
    status,
    code,
    message,
    status === 503 ? waitSeconds(error) : undefined
  );
}

function statusOf(error: ConstellationError): number {
  switch (error.code) {
    case 'BAD_TARGET':
      return 400;
    case 'REJECTED':
      return error.status ?? 400;
    case 'DEADLINE':
    case 'TRY_TIMEOUT':
    case 'ABORTED':
      return 504;
    case 'OVERLOADED':
    case 'RATE_LIMITED':
    case 'BREAKER_OPEN':
    case 'UNAVAILABLE':
    case 'CLOSED':
      return 503;
    default:
      return 502;
  }
}

function waitSeconds({ retryAfterMs, causes }: ConstellationError): number {
  const named = [retryAfterMs, ...causes.map((cause) => cause.retryAfterMs)];
  const waits = named.filter((ms) => ms !== undefined);
  if (waits.length === 0) return UNNAMED_WAIT_SECONDS;
  return Math.max(1, Math.ceil(Math.min(...waits) / 1000));
}
