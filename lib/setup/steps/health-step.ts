import { formatDuration } from '../../cli/index.js';
import { HealthError } from '../../health/index.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import type { FoundHealth } from '../runtimes/setup-runtime.js';
import type { SetupRun } from '../setup-run.js';
import { writeLocalSince } from './env-file-step.js';
import type { ActStep, LiveStep, StepResult } from './setup-step.js';

/** 7: waits until the index is fresh, and notes since when it is complete. */
export const healthStep: ActStep = {
  id: 'health',
  title: 'Health',
  kind: 'act',
  preview: ({ options }) => {
    const limit = formatDuration(options.waitMs);
    const text = `wait until events are indexed, ${limit} at most`;
    return Promise.resolve({ needed: false, text });
  },
  run: async (run, live) => {
    const { findings, options, signal } = run;
    const { runtime } = findings.get('runtime');
    const { health, isFresh } = await wait(run, live);
    findings.set('health', health);
    findings.set('isFresh', isFresh);
    await moveSince(run);
    findings.set('completeSince', await runtime.completeSince(signal));
    if (!options.sample) await writeLocalSince(run);
    return result(health, isFresh);
  },
};

/** Taken back with the rest where the run fails. */
async function moveSince({
  findings,
  options,
  undo,
  warnings,
}: SetupRun): Promise<void> {
  const { since } = options;
  if (since === null) return;
  const { runtime } = findings.get('runtime');
  if (!(runtime instanceof DockerRuntime)) {
    warnings.push(
      '--since was left out: this index says itself since when it is complete'
    );
    return;
  }
  const before = await runtime.completeSince();
  undo.add('time since which it is complete', async () => {
    if (before !== null) await runtime.moveComplete(before);
  });
  await runtime.moveComplete(since);
}

async function wait(
  run: SetupRun,
  live: LiveStep
): Promise<{ readonly health: FoundHealth; readonly isFresh: boolean }> {
  const { findings, options, signal, warnings } = run;
  const runtime = findings.get('runtime');
  const url = findings.get('status').urls?.api ?? '';
  const { sample, waitMs: deadlineMs } = options;
  const limits = { deadlineMs, signal, onTry: live.update };
  await runtime.waitUntilReady(url, limits);
  const measured = findings.get('measured');
  const isFed =
    sample ||
    runtime.hasOwnNetwork === true ||
    measured.some(({ state }) => state === 'reachable');
  if (isFed) {
    try {
      const health = await runtime.waitUntilFresh(url, sample, limits);
      return { health, isFresh: true };
    } catch (error) {
      if (!(error instanceof HealthError) || error.code !== 'DEADLINE') {
        throw error;
      }
      // The consumer goes on trying; to stop it would bring nothing nearer.
      warnings.push(
        `no fresh event within ${formatDuration(deadlineMs)}; the index answers and keeps trying`
      );
    }
  }
  return { health: await runtime.health(url, signal), isFresh: false };
}

function result(health: FoundHealth, isFresh: boolean): StepResult {
  const { verdict, eventsTotal, newestEventAgeMs } = health;
  const facts = [
    eventsTotal === null ? null : `${eventsTotal} events`,
    newestEventAgeMs === null
      ? null
      : `the newest is ${formatDuration(newestEventAgeMs)} old`,
  ].filter((fact) => fact !== null);
  const text = `${verdict}, ${facts.join(', ')}`;
  return { status: isFresh ? 'done' : 'warned', text };
}
