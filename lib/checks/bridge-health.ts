import { withoutCredentials } from '../cli/index.js';
import { HealthError } from '../health/index.js';
import type { CheckOutcome } from './check.js';
import { CheckError, reasonOf } from './check-error.js';
import { IndexApi, jsonOf } from './index-api.js';

/** Longest message of a bridge that is shown (characters). */
const MAX_SHOWN = 300;

/** Its process is there, so that setup alone would leave it as it is. */
const NEXT =
  'logs/bridge.log in the state folder says more; to start it anew: npx zx scripts/teardown.ts, then: npx zx scripts/setup.ts';

/**
 * Asks a bridge how it is.
 *
 * @param timeoutMs for the whole answer
 * @throws the signal's reason
 */
export async function checkBridge(
  url: string,
  timeoutMs: number,
  signal: AbortSignal
): Promise<CheckOutcome> {
  try {
    const answer = await new IndexApi(url, timeoutMs).get(
      '/health',
      [],
      signal
    );
    return judgeBridge(url, jsonOf(answer));
  } catch (error) {
    signal.throwIfAborted();
    const isAnswer = error instanceof CheckError;
    if (!isAnswer && !(error instanceof HealthError)) throw error;
    return {
      status: 'fail',
      message: isAnswer
        ? 'another program answers where the bridge should'
        : 'the bridge does not answer',
      seen: reasonOf(error),
      expected: `its own report at ${url}/health within ${timeoutMs} ms`,
      suggestion: NEXT,
      usable: true,
    };
  }
}

/**
 * Judges the `/health` of a bridge. An index that is behind and a fallback
 * that is away are no fault of the bridge: they are said, and pass. Pure.
 */
export function judgeBridge(url: string, report: unknown): CheckOutcome {
  const status = field(report, 'status');
  const told = field(report, 'message');
  const breaker = field(field(report, 'main'), 'breaker');
  const redis = field(report, 'redis');
  const isReport = typeof status === 'string' && typeof told === 'string';
  const said = isReport
    ? withoutCredentials(`${status}: ${told}`).slice(0, MAX_SHOWN)
    : 'no report of a bridge';
  const isAnswering = status === 'ok' || status === 'degraded';
  if (isAnswering && breaker === 'closed' && redis !== 'unavailable') {
    return {
      status: 'pass',
      message: status === 'ok' ? 'the bridge is well' : `the bridge is ${said}`,
    };
  }
  return {
    status: 'fail',
    message: 'the bridge is not well',
    seen: `GET ${url}/health: ${said}`,
    expected: 'a bridge that reaches the index, and Redis where it has one',
    suggestion: NEXT,
    usable: true,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Reflect.get(value, name)
    : undefined;
}
