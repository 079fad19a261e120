import { UsageError } from '../../cli/index.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { findImage, type ImageFacts } from '../../runtime/docker/image.js';
import type { ImageTarget } from '../../runtime/docker/image-target.js';
import { provideImage } from '../../runtime/docker/provide-image.js';
import {
  recordWithImage,
  runningIndex,
  runsAlready,
  type RunningIndex,
} from '../../runtime/docker/switch-image.js';
import { RuntimeError } from '../../runtime/runtime-error.js';
import { askForBackup, backUpFirst } from './first-backup.js';
import { writeImageSettings } from './image-settings.js';
import type { UpgradeRequest } from './upgrade-request.js';
import type { UpgradeOutcome, UpgradeRun } from './upgrade-run.js';
import { switchTo, tellerOf, toldOfBuilds } from './docker-switch.js';
import {
  alreadyLines,
  assertSameServer,
  imageBefore,
  planLines,
  versionOf,
} from './docker-upgrade-plan.js';

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
