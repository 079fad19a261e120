import { formatDuration } from '../cli/index.js';
import type { Check, CheckOutcome } from './check.js';
import type { CheckContext } from './check-context.js';
import { CheckError } from './check-error.js';
import { jsonOf } from './index-api.js';

/** 3: the API answers in time, and what it should. */
export const apiCheck: Check<CheckContext> = {
  id: 'api',
  name: 'API responsive',
  needs: ['running'],
  run: async (context, signal) => {
    const { api, clock } = context;
    const startedMs = clock.nowMs();
    const [overview, ready] = await Promise.all([
      api.json('/', [], signal),
      api.get('/ready', [], signal),
    ]);
    const answerMs = clock.nowMs() - startedMs;
    const numbers = readOverview(overview);
    const refusal = judgeReadiness(ready, await mayLackReadiness(context));
    if (refusal !== null) return refusal;
    const { dids, targetables, linkingRecords } = numbers;
    return {
      status: 'pass',
      message: `answers in ${formatDuration(answerMs)}; it knows ${linkingRecords} linking records of ${dids} accounts to ${targetables} targets`,
      facts: { ...numbers, answerMs: Math.round(answerMs) },
    };
  },
};

/** The numbers of `GET /`. Estimates on the real server. */
export interface Overview {
  readonly dids: number;
  readonly targetables: number;
  readonly linkingRecords: number;
}

/** Reads the body of `GET /`. @throws CheckError `bad-body` */
export function readOverview(body: unknown): Overview {
  const stats = field(body, 'stats');
  const number = (name: string): number => {
    const value = field(stats, name);
    if (typeof value === 'number' && value >= 0) return value;
    throw new CheckError(`GET / has no number stats.${name}`, {
      code: 'bad-body',
      expected:
        '{help, days_indexed, stats: {dids, targetables, linking_records, …}}',
      suggestion: 'see what listens there: curl -s the URL',
    });
  };
  return {
    dids: number('dids'),
    targetables: number('targetables'),
    linkingRecords: number('linking_records'),
  };
}

/** Only the real server has no `/ready`. */
async function mayLackReadiness(context: CheckContext): Promise<boolean> {
  if (context.runtime?.kind === 'embedded') return false;
  return (await context.identity()) === null;
}

function judgeReadiness(
  answer: {
    readonly asked: string;
    readonly status: number;
    readonly text: string;
  },
  mayLack: boolean
): CheckOutcome | null {
  if (answer.status === 404 && mayLack) return null;
  const isReady =
    answer.status === 200 && field(jsonOf(answer), 'ready') === true;
  if (isReady) return null;
  return {
    status: 'fail',
    message: 'it answers, but it is not ready',
    seen: `GET /ready: ${answer.status} ${answer.text.slice(0, 120)}`,
    expected: '200 {"ready":true}',
    suggestion: 'npx zx scripts/test.ts --only logs',
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
