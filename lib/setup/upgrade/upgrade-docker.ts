import { UsageError } from '../../cli/index.js';
import { INDEX_SERVICE } from '../../compose/index.js';
import { HealthError } from '../../health/index.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import type { DockerRecord } from '../../runtime/docker/docker-record.js';
import { findImage, type ImageFacts } from '../../runtime/docker/image.js';
import type { ImageTarget } from '../../runtime/docker/image-target.js';
import { provideImage } from '../../runtime/docker/provide-image.js';
import { waitHealthy } from '../../runtime/docker/recreate-services.js';
import { readSettingsFile } from '../../runtime/docker/settings-file.js';
import { givenVariables } from '../../runtime/docker/stack-variables.js';
import {
  goBackTo,
  recordToKeep,
  recordWithImage,
  runFrom,
  runningIndex,
  runsAlready,
  type RunningIndex,
} from '../../runtime/docker/switch-image.js';
import { RuntimeError } from '../../runtime/runtime-error.js';
import type { RuntimeProgress } from '../../runtime/runtime.js';
import { DockerSetup } from '../runtimes/docker-setup.js';
import { SetupError } from '../setup-error.js';
import { askForBackup, backUpFirst } from './first-backup.js';
import { writeImageSettings } from './image-settings.js';
import type { UpgradeRequest } from './upgrade-request.js';
import type { RunVersion, UpgradeOutcome, UpgradeRun } from './upgrade-run.js';

/** How long the container's own health check may take to say so (ms). */
const HEALTHY_MS = 120_000;

/**
 * Runs the index from another image: that is built or pulled while the present
 * one serves, then the container is made anew on the same volume, and checked.
 * Where it is not well, or the run is interrupted, the present one comes back.
 *
 * @throws RuntimeError ILLEGAL_CHANGE, BUILD_FAILED; UsageError where there is
 *   no such revision; SetupError NO_WAY_BACK, OTHER_SERVER, UPGRADE_FAILED
 */
export async function upgradeDocker(
  run: UpgradeRun,
  request: UpgradeRequest
): Promise<UpgradeOutcome> {
  const { context, options, folder } = run;
  const { prompts } = context;
  const { dockerEnv: env, envFile: settingsFile } = options;
  const runtime = new DockerRuntime({ folder, settingsFile, env });
  const index = await runningIndex(runtime);
  const target =
    request.kind === 'rollback'
      ? await imageBefore(runtime, index)
      : request.target;
  const found = await findImage(runtime.engine, target.name);
  const from = versionOf(index.container.image, index.image, null);
  const to = versionOf(target.name, found, target.revision);
  const seen = { from, to, changedFiles: [] };
  if (runsAlready(index, target, found)) {
    return { ...seen, state: 'already', lines: alreadyLines(request, to) };
  }
  assertSameServer(index, target.name, found);
  const lines = planLines(index, target, found);
  if (options.dryRun) return { ...seen, state: 'planned', lines };
  if (prompts.canAsk) {
    for (const line of lines) context.output.note(`  ${line}`);
    if (!(await prompts.confirm('Go ahead?'))) {
      return { ...seen, state: 'declined', lines };
    }
  }
  const isBackupWanted = await askForBackup(run);
  const image = await haveImage(run, runtime, index, target);
  if (isBackupWanted) await backUpFirst(run);
  const next = await switchTo(run, runtime, index, target);
  if (request.kind === 'rollback') {
    await runtime.keep({ ...next, previousImage: null });
  }
  const changedFiles = await writeImageSettings(run, next);
  return {
    state: 'done',
    from,
    to: versionOf(target.name, image, target.revision),
    changedFiles,
    lines:
      request.kind === 'rollback'
        ? [`${from.image ?? ''} is still on the engine`]
        : ['npx zx scripts/setup.ts --rollback goes back'],
  };
}

/** @throws SetupError NO_WAY_BACK */
async function imageBefore(
  { engine }: DockerRuntime,
  { record }: RunningIndex
): Promise<ImageTarget> {
  const { previousImage: name, image } = record;
  if (name === null) {
    throw new SetupError(
      `there is no image to go back to: no upgrade has led to ${image}`,
      {
        code: 'NO_WAY_BACK',
        suggestion:
          'run another one: npx zx scripts/setup.ts --upgrade --version REV, or --image NAME',
      }
    );
  }
  const facts = await findImage(engine, name);
  if (facts === null) {
    throw new SetupError(`the image before, ${name}, is gone`, {
      code: 'NO_WAY_BACK',
      suggestion:
        'build it again: npx zx scripts/setup.ts --upgrade --version REV',
    });
  }
  const isBuilt = facts.server === 'constellation';
  return { name, revision: isBuilt ? facts.version : null };
}

/** @throws SetupError OTHER_SERVER */
function assertSameServer(
  { image }: RunningIndex,
  name: string,
  found: ImageFacts | null
): void {
  const [was, is] = [image?.server ?? null, found?.server ?? null];
  if (was === null || is === null || was === is) return;
  throw new SetupError(
    `${name} holds the ${is} server, which cannot read the data of the ${was} one`,
    {
      code: 'OTHER_SERVER',
      suggestion:
        'begin a new index with it: npx zx scripts/teardown.ts --volumes, then setup with --image',
    }
  );
}

function planLines(
  { container, record }: RunningIndex,
  { name, revision }: ImageTarget,
  found: ImageFacts | null
): readonly string[] {
  const provide =
    revision === null
      ? `pull the image ${name}`
      : `build the image ${name} from revision ${revision}; ${container.image} serves meanwhile`;
  return [
    ...(found === null ? [provide] : []),
    `make container ${container.name} anew with ${name} instead of ${container.image}, on the same data`,
    `look whether it is healthy and fresh; if not, go back to ${container.image}`,
    ...(record.stack.baseFiles.length === 0
      ? []
      : [`write the image into the .env in ${record.stack.folder}`]),
  ];
}

function alreadyLines(
  request: UpgradeRequest,
  { version }: RunVersion
): readonly string[] {
  if (request.kind === 'rollback' || request.target.revision === null) {
    return [];
  }
  return [
    `a branch or a tag may have moved on since: give its commit (runs: ${version ?? request.target.revision})`,
  ];
}

/** Builds or pulls it, while the present one serves. */
async function haveImage(
  run: UpgradeRun,
  runtime: DockerRuntime,
  index: RunningIndex,
  target: ImageTarget
): Promise<ImageFacts | null> {
  const { signal } = run.context;
  const { name, revision } = target;
  const step = run.steps.start('Image');
  try {
    const told = await toldOfBuilds(run);
    await provideImage(
      { image: name, isBuilt: revision !== null, stack: index.record.stack },
      {
        engine: runtime.engine,
        compose: () => runtime.compose(signal),
        variables: recordWithImage(index.record, target, told).variables,
        logFile: runtime.buildLog,
        signal,
        onProgress: tellerOf(run, (text) => step.update(text)),
      }
    );
    const found = await findImage(runtime.engine, name);
    assertSameServer(index, name, found);
    step.done(`${name} is there`);
    return found;
  } catch (error) {
    step.fail(signal.aborted ? 'interrupted' : 'there is none');
    if (error instanceof RuntimeError && error.code === 'NO_SUCH_SOURCE') {
      const { message } = error;
      const flag = '--version';
      throw new UsageError(
        [{ code: 'bad-value', flag, message }],
        error.suggestion
      );
    }
    throw error;
  }
}

async function toldOfBuilds({ options }: UpgradeRun) {
  const written = await readSettingsFile(options.envFile);
  return {
    ...givenVariables(written?.settings ?? {}),
    ...givenVariables(options.dockerEnv),
  };
}

/** Switches and checks. @throws SetupError UPGRADE_FAILED, with the old one back */
async function switchTo(
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

function versionOf(
  image: string,
  found: ImageFacts | null,
  revision: string | null
): RunVersion {
  return { image, version: found?.version ?? revision };
}

function tellerOf(
  { context: { output } }: UpgradeRun,
  update: (text: string) => void
): (progress: RuntimeProgress) => void {
  const isPipe = output.stderr.isTTY !== true;
  return ({ text, line }) => {
    update(text);
    if (isPipe && line !== undefined) output.note(`    ${line}`);
  };
}
