import { chooseBridgeRedis } from '../bridge-redis.js';
import { projectVersion } from '../../runtime/project-version.js';
import { RuntimeError } from '../../runtime/runtime-error.js';
import type { RuntimeConfig } from '../../runtime/runtime.js';
import { EMBEDDED_SETUP } from '../runtimes/embedded-setup.js';
import type { SetupRuntime } from '../runtimes/setup-runtime.js';
import { SetupError } from '../setup-error.js';
import { askForBackup, backUpFirst } from './first-backup.js';
import type { UpgradeRequest } from './upgrade-request.js';
import type { UpgradeOutcome, UpgradeRun } from './upgrade-run.js';

/**
 * What an upgrade is for the embedded index: its code is this checkout, so one
 * that was started from an older version of it is started anew. It cannot go
 * back by itself, because the older code is not there any more.
 *
 * @throws SetupError NO_WAY_BACK for a rollback or another revision;
 *   UPGRADE_FAILED; RuntimeError ILLEGAL_CHANGE where it does not run
 */
export async function upgradeEmbedded(
  run: UpgradeRun,
  request: UpgradeRequest
): Promise<UpgradeOutcome> {
  assertPossible(request);
  const { context, options } = run;
  const setup = await openSetup(run);
  const { config, state, detail, version } = await setup.runtime.status();
  if (state !== 'running' || config === null) {
    throw new RuntimeError(`only a running index is upgraded: ${detail}`, {
      code: 'ILLEGAL_CHANGE',
      suggestion:
        'start it, with the code of this checkout: npx zx scripts/setup.ts',
    });
  }
  const here = projectVersion();
  const seen = {
    from: { image: null, version },
    to: { image: null, version: here },
    changedFiles: [],
  };
  if (version === here) {
    const lines = [
      'it is the version of this checkout; a newer one comes with git pull and npm ci',
    ];
    return { ...seen, state: 'already', lines };
  }
  const lines = [
    `stop the index (${version ?? 'of an unknown version'}) and start it from this checkout (${here}), on the same data`,
    'where that fails nothing goes back by itself: the older code is not here any more',
  ];
  if (options.dryRun) return { ...seen, state: 'planned', lines };
  if (context.prompts.canAsk) {
    for (const line of lines) context.output.note(`  ${line}`);
    if (!(await context.prompts.confirm('Go ahead?'))) {
      return { ...seen, state: 'declined', lines };
    }
  }
  if (await askForBackup(run)) await backUpFirst(run);
  await restart(run, setup, config, version);
  return { ...seen, state: 'done', lines: [] };
}

/** @throws SetupError NO_WAY_BACK */
function assertPossible(request: UpgradeRequest): void {
  const wish =
    request.kind === 'rollback'
      ? 'going back'
      : request.isGiven
        ? 'another version'
        : null;
  if (wish === null) return;
  throw new SetupError(
    `the embedded index is the code of this checkout, so ${wish} is one of git`,
    {
      code: 'NO_WAY_BACK',
      suggestion:
        'git checkout REV, npm ci, then npx zx scripts/setup.ts --upgrade (data of a newer format is refused by older code: restore a backup then)',
    }
  );
}

async function openSetup({
  options,
  folder,
  programs,
}: UpgradeRun): Promise<SetupRuntime> {
  const { dockerEnv: env, envFile } = options;
  return EMBEDDED_SETUP.open({
    folder,
    programs,
    redis: await chooseBridgeRedis({ env, envFile }),
    settingsFile: envFile,
    env,
    stack: { ...options.stack, appview: null },
  });
}

async function restart(
  run: UpgradeRun,
  setup: SetupRuntime,
  config: RuntimeConfig,
  version: string | null
): Promise<void> {
  const { signal, undo } = run.context;
  const { runtime } = setup;
  const step = run.steps.start('Restart');
  const onTry = (text: string): void => step.update(text);
  const forget = undo.add('stop of the index', async (undoSignal) => {
    await runtime.start(config, { signal: undoSignal });
    return 'it runs again, from this checkout';
  });
  try {
    await runtime.stop({ signal });
    const { urls } = await runtime.start(config, { signal });
    const url = urls?.api ?? '';
    const { waitMs: deadlineMs } = run.options;
    const limits = { deadlineMs, signal, onTry };
    await setup.waitUntilReady(url, limits);
    await setup.waitUntilFresh(url, config.sample, limits);
    forget();
    step.done('it runs from this checkout, fresh');
  } catch (error) {
    step.fail(signal.aborted ? 'interrupted' : 'it is not well');
    if (signal.aborted) throw error;
    forget();
    throw new SetupError('the index of this checkout is not well', {
      code: 'UPGRADE_FAILED',
      suggestion: `read its log; to go back: git checkout the code of ${version ?? 'before'}, npm ci, npx zx scripts/setup.ts`,
      cause: error,
    });
  }
}
