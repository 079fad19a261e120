import type { Check, CheckOutcome } from '../check.js';
import type { CheckContext } from '../check-context.js';
import { pathAndQuery } from '../index-api.js';
import type { Place } from '../targets/target.js';
import { measureLatency } from './measure-latency.js';
import { percentile } from './percentile.js';

/** The measuring ends in good order before the check's deadline (ms). */
const BUDGET_MS = 15_000;

/** 9: fast enough for an AppView, under some load. */
export const performanceCheck: Check<CheckContext> = {
  id: 'performance',
  name: 'Performance',
  needs: ['running', 'api'],
  run: async ({ api, targets, limits }, signal) => {
    const search = await targets(signal);
    if (search.kind === 'none') {
      const { reason, suggestion } = search;
      return { status: 'skip', message: reason, suggestion };
    }
    const { requests, connections, maxLatencyMs } = limits;
    const times = await measureLatency({
      baseUrl: api.baseUrl,
      questions: search.places.flatMap(questionsAbout),
      requests,
      connections,
      timeoutMs: limits.requestTimeoutMs,
      budgetMs: BUDGET_MS,
      signal,
    });
    return judgeLatency(times, { connections, maxLatencyMs });
  },
};

/** The questions that an AppView asks about one place. */
export function questionsAbout({ target, collection, path }: Place): string[] {
  const place = [
    ['target', target],
    ['collection', collection],
    ['path', path],
  ] as const;
  return [
    pathAndQuery('/links/count', place),
    pathAndQuery('/links/count/distinct-dids', place),
    pathAndQuery('/links/all/count', [['target', target]]),
  ];
}

/**
 * Judges measured times. Pure.
 *
 * @param times in growing order (ms), at least one
 */
export function judgeLatency(
  times: readonly number[],
  {
    connections,
    maxLatencyMs,
  }: { readonly connections: number; readonly maxLatencyMs: number }
): CheckOutcome {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(
    (share) => Math.round(percentile(times, share) * 100) / 100
  ) as [number, number, number];
  const measured = `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms of ${times.length} answers over ${connections} connections`;
  const facts = { p50Ms: p50, p95Ms: p95, p99Ms: p99, requests: times.length };
  if (p99 <= maxLatencyMs) {
    return { status: 'pass', message: measured, facts };
  }
  return {
    status: 'fail',
    message: 'it answers too slowly',
    seen: measured,
    expected: `p99 of at most ${maxLatencyMs} ms (--max-latency-ms)`,
    suggestion:
      'see what else uses the processor and the disk (top, iostat), then: npx zx scripts/test.ts --only performance',
    facts,
  };
}
