/** The switch to another image, checked, and taken back where it is not well. */

import { INDEX_SERVICE } from '../../compose/index.js';
import { HealthError } from '../../health/index.js';
import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import type { DockerRecord } from '../../runtime/docker/docker-record.js';
import type { ImageTarget } from '../../runtime/docker/image-target.js';
import { waitHealthy } from '../../runtime/docker/recreate-services.js';
import { readSettingsFile } from '../../runtime/docker/settings-file.js';
import { givenVariables } from '../../runtime/docker/stack-variables.js';
import {
  goBackTo,
  recordToKeep,
  recordWithImage,
  runFrom,
  type RunningIndex,
} from '../../runtime/docker/switch-image.js';
import type { RuntimeProgress } from '../../runtime/runtime.js';
import { DockerSetup } from '../runtimes/docker-setup.js';
import { SetupError } from '../setup-error.js';
import type { UpgradeRun } from './upgrade-run.js';

/** How long the container's own health check may take to say so (ms). */
const HEALTHY_MS = 120_000;

/** What environment and settings file say of a build. */
export async function toldOfBuilds({ options }: UpgradeRun) {
  const written = await readSettingsFile(options.envFile);
  return {
    ...givenVariables(written?.settings ?? {}),
    ...givenVariables(options.dockerEnv),
  };
}

/** Switches and checks. @throws SetupError UPGRADE_FAILED, with the old one back */
export async function switchTo(
  run: UpgradeRun,
  runtime: DockerRuntime,
  index: RunningIndex,
  target: ImageTarget
): Promise<DockerRecord> {
  const { undo, signal } = run.context;
  const keep = await recordToKeep(runtime, index);
  const wanted = recordWithImage(keep, target, await toldOfBuilds(run));
  const forget = undo.add(`switch to ${target.name}`, async (undoSignal) => {
    await goBackTo(runtime, keep, { signal: undoSignal });
    return `${keep.image} serves again`;
  });
  const step = run.steps.start('Switch');
  const onProgress = tellerOf(run, (text) => step.update(text));
  try {
    await runFrom(runtime, wanted, { signal, onProgress });
    await check(run, runtime, (text) => step.update(text));
    // Only what was checked is written down: after a crash setup goes back.
    const { since } = (await runtime.record()) ?? keep;
    const next = { ...wanted, since };
    await runtime.keep(next);
    step.done(`${target.name} serves, healthy and fresh`);
    return next;
  } catch (error) {
    if (signal.aborted) {
      step.fail('interrupted');
      throw error; // the undo stack goes back
    }
    step.fail(`${target.name} is not well`);
    const lines = await lastWords(runtime, error);
    run.context.output.note(`Going back to ${keep.image}.`);
    forget();
    await goBack(runtime, keep, target, error);
    throw new SetupError(
      `${target.name} is not well:${reasonOf(error)}${lines}\n${keep.image} serves again`,
      {
        code: 'UPGRADE_FAILED',
        suggestion: 'look at what it said, then try another version',
        cause: error,
      }
    );
  }
}

/** @throws SetupError UPGRADE_FAILED where even that fails */
async function goBack(
  runtime: DockerRuntime,
  keep: DockerRecord,
  { name }: ImageTarget,
  because: unknown
): Promise<void> {
  try {
    await goBackTo(runtime, keep, {});
  } catch (error) {
    throw new SetupError(
      `${name} is not well, and ${keep.image} could not be brought back`,
      {
        code: 'UPGRADE_FAILED',
        suggestion: 'npx zx scripts/setup.ts starts it again',
        cause: new AggregateError([because, error]),
      }
    );
  }
}

/** Events come in, and the container's own check says that it is healthy. */
async function check(
  { context: { signal }, options }: UpgradeRun,
  runtime: DockerRuntime,
  onTry: (detail: string) => void
): Promise<void> {
  const setup = new DockerSetup(runtime);
  const url = (await runtime.urls())?.api ?? '';
  const deadlineMs = options.waitMs;
  await setup.waitUntilFresh(url, false, { deadlineMs, signal, onTry });
  const stack = await runtime.stack();
  onTry('waiting until it is healthy');
  await waitHealthy(runtime, stack, INDEX_SERVICE, {
    signal,
    deadlineMs: HEALTHY_MS,
  });
}

const LAST_LINES = 12;

/** What it said last, unless the error tells that already. */
async function lastWords(
  runtime: DockerRuntime,
  error: unknown
): Promise<string> {
  if (!(error instanceof HealthError) || error.code === 'DIED') return '';
  const lines = await runtime
    .logs({ lines: LAST_LINES, sinceStart: true })
    .catch(() => []);
  return lines.map((line) => `\n  | ${line.slice(0, 300)}`).join('');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? ` ${error.message}` : ` ${String(error)}`;
}

/** Shows what goes on; where nothing is animated, a line for each step. */
export function tellerOf(
  { context: { output } }: UpgradeRun,
  update: (text: string) => void
): (progress: RuntimeProgress) => void {
  const isPipe = output.stderr.isTTY !== true;
  return ({ text, line }) => {
    update(text);
    if (isPipe && line !== undefined) output.note(`    ${line}`);
  };
}
