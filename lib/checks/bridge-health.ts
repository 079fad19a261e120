import { randomUUID } from 'node:crypto';
import { withoutCredentials } from '../cli/index.js';
import { HealthError } from '../health/index.js';
import type { CheckClock } from './check-context.js';
import type { CheckOutcome } from './check.js';
import { CheckError, reasonOf } from './check-error.js';
import { IndexApi, jsonOf } from './index-api.js';

/** Longest message of a bridge that is shown (characters). */
const MAX_SHOWN = 300;

/** It is there, so that setup alone would leave it as it is. */
const ANEW =
  'to start it anew: npx zx scripts/teardown.ts, then: npx zx scripts/setup.ts';

/** Where its log is, for people. */
const BRIDGE_LOG = 'logs/bridge.log in the state folder';

/** What is asked for a trial: nobody's, and new each time, so never cached. */
const TRIAL_TARGET = 'https://trial.invalid/';

/** How a bridge is asked. */
export interface BridgeCheckOptions {
  /** Where its log is, for people (default: in the state folder). */
  readonly log?: string | undefined;
  /** For each whole answer (ms). */
  readonly timeoutMs: number;
  /** The longest wait until it tries its index again (ms). */
  readonly patienceMs: number;
  readonly clock: Pick<CheckClock, 'sleep'>;
  readonly signal: AbortSignal;
}

/**
 * Asks a bridge how it is. After an outage its breaker stays as it was until
 * somebody asks something (its `/health` never does): where it says that it
 * leaves its index alone, it is asked a count once the next try is due.
 *
 * @throws the signal's reason
 */
export async function checkBridge(
  url: string,
  options: BridgeCheckOptions
): Promise<CheckOutcome> {
  const { timeoutMs, patienceMs, clock, signal, log } = options;
  const api = new IndexApi(url, timeoutMs);
  const look = async (): Promise<unknown> =>
    jsonOf(await api.get('/health', [], signal));
  try {
    const report = await look();
    const dueInMs = trialDueInMs(report);
    const outcome = judgeBridge(url, report, log);
    if (dueInMs === null) return outcome;
    if (dueInMs > patienceMs) return triedLater(outcome, dueInMs, timeoutMs);
    if (dueInMs > 0) await clock.sleep(dueInMs, signal);
    const target = TRIAL_TARGET + randomUUID();
    await api.get('/links/all/count', [['target', target]], signal);
    return judgeBridge(url, await look(), log);
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
      suggestion: `${log} says more; ${ANEW}`,
      usable: true,
    };
  }
}

/**
 * Judges the `/health` of a bridge. An index that is behind and a fallback
 * that is away are no fault of the bridge: they are said, and pass. Pure.
 */
export function judgeBridge(
  url: string,
  report: unknown,
  log: string = BRIDGE_LOG
): CheckOutcome {
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
    suggestion: `${log} says more; ${ANEW}`,
    usable: true,
  };
}

/**
 * How long a bridge's next try can be waited for in a check that may take
 * `deadlineMs`: there are two questions to ask after it. Pure.
 */
export function trialMsWithin(
  deadlineMs: number,
  { requestTimeoutMs }: { readonly requestTimeoutMs: number }
): number {
  return Math.max(0, deadlineMs - 2 * requestTimeoutMs);
}

/** Says how to wait for a try that is too far away for this run. */
function triedLater(
  outcome: CheckOutcome,
  dueInMs: number,
  timeoutMs: number
): CheckOutcome {
  if (outcome.status !== 'fail') return outcome;
  const seconds = (ms: number): number => Math.ceil(ms / 1000);
  const timeout = seconds(dueInMs + 2 * timeoutMs) + 1;
  return {
    ...outcome,
    suggestion:
      `it tries its index again in ${seconds(dueInMs)} s; to wait for that: ` +
      `npx zx scripts/test.ts --timeout ${timeout}`,
  };
}

/** When it tries its index again (ms); null where it has not given it up. */
function trialDueInMs(report: unknown): number | null {
  const main = field(report, 'main');
  const breaker = field(main, 'breaker');
  if (breaker !== 'open' && breaker !== 'half-open') return null;
  const dueInMs = field(main, 'retryInMs');
  return typeof dueInMs === 'number' ? dueInMs : 0;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Reflect.get(value, name)
    : undefined;
}
