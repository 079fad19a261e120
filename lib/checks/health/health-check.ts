import {
  counterProbe,
  HealthError,
  readHealth,
  waitFor,
} from '../../health/index.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import type { Check, CheckOutcome } from '../check.js';
import type { CheckContext } from '../check-context.js';
import { readGaps } from './movement.js';
import { judgeSince } from './judge-since.js';
import { judgeReadings, type HealthReading } from './judge-readings.js';

/** 2: fresh, not only answering. */
export const healthCheck: Check<CheckContext> = {
  id: 'health',
  name: 'Health',
  needs: ['running'],
  run: async (context, signal) => {
    const outcome = await lookAtHealth(context, signal);
    if (outcome.status !== 'pass') return outcome;
    return (await lookAtSince(context)) ?? outcome;
  },
};

/** What was noted of the index's completeness; in a container setup keeps it. */
async function lookAtSince({
  runtime,
  identity,
}: CheckContext): Promise<CheckOutcome | null> {
  if (!(runtime instanceof DockerRuntime)) return null;
  const container = await runtime.container();
  if (container === null) return null;
  const told = (await identity())?.completeSince ?? null;
  const { finishedAt, startedAt } = container;
  const gaps = await readGaps(runtime.engine, container.id);
  return judgeSince({
    noted: await runtime.completeSince(),
    told: told === null ? null : new Date(told),
    finishedAt,
    startedAt,
    gaps,
  });
}

async function lookAtHealth(
  context: CheckContext,
  signal: AbortSignal
): Promise<CheckOutcome> {
  const { api, clock, limits, runtime } = context;
  const isReal =
    runtime?.kind === 'docker' && (await context.identity()) === null;
  if (isReal) return await judgeCountersOf(context, signal);
  const readings: HealthReading[] = [];
  for (;;) {
    const sentMs = clock.nowMs();
    const health = await readHealth(api.baseUrl, signal);
    readings.push({ health, sentMs, receivedMs: clock.nowMs() });
    const judgement = judgeReadings(readings, limits);
    if (judgement.status !== 'again') return judgement;
    await clock.sleep(limits.apartMs, signal);
  }
}

/** The real server has no `/health`: its counters have to move. */
async function judgeCountersOf(
  { runtime, limits }: CheckContext,
  signal: AbortSignal
): Promise<CheckOutcome> {
  const metrics = (await runtime?.urls())?.metrics ?? null;
  if (metrics === null) {
    return {
      status: 'fail',
      message: 'its metrics are not published',
      seen: 'no port of the container leads to its metrics',
      expected: 'the metrics on this machine (CONSTELLATION_METRICS_PORT)',
      suggestion: 'npx zx scripts/setup.ts',
    };
  }
  const probe = counterProbe(`${metrics}/metrics`, {
    maxAgeMs: limits.maxAgeMs,
  });
  try {
    const deadlineMs = limits.movementMs;
    const { detail } = await waitFor(probe, { deadlineMs, signal });
    return { status: 'pass', message: detail };
  } catch (error) {
    if (!(error instanceof HealthError)) throw error;
    const last = error.cause instanceof Error ? error.cause.message : '';
    return {
      status: 'fail',
      message: 'no events come in',
      seen: last === '' ? error.message : last,
      expected: `events within ${limits.movementMs} ms, the newest at most ${limits.maxAgeMs} ms old`,
      suggestion: 'npx zx scripts/test.ts --only logs',
    };
  }
}
