import { lstat } from 'node:fs/promises';
import path from 'node:path';
import {
  EXIT,
  formatBytes,
  shellWord,
  Steps,
  summaryBox,
  type CommandContext,
  type ExitCode,
} from '../cli/index.js';
import { isDiskFull } from '../runtime/disk-usage.js';
import { acquireLock, type Lock } from '../runtime/process-lock.js';
import type { Runtime } from '../runtime/runtime.js';
import {
  DEFAULT_STATE_FOLDER,
  stateFolder,
  type StateFolder,
} from '../runtime/state-folder.js';
import { openRecordedRuntime } from '../setup/recorded-runtime.js';
import { offerBackup } from './offer-backup.js';
import { removeIfEmpty } from './remove-remains.js';
import { tearDown, type TeardownOutcome } from './tear-down.js';
import type { TEARDOWN_COMMAND } from './teardown-command.js';
import {
  isIdle,
  planTeardown,
  type TeardownPlan,
  type TeardownWish,
} from './teardown-plan.js';
import {
  engineLines,
  planLines,
  removalLines,
  restorationLines,
  strayLines,
  teardownDocument,
} from './teardown-text.js';

type Context = CommandContext<(typeof TEARDOWN_COMMAND)['flags']>;

/** What `scripts/teardown.ts` does with its flags. */
export async function runTeardownCommand(context: Context): Promise<ExitCode> {
  const { flags } = context;
  const folder = stateFolder(flags.state ?? DEFAULT_STATE_FOLDER);
  const { appview, config, data, images } = flags;
  const volumes = flags.volumes || data;
  const wish: TeardownWish = {
    appview,
    config,
    data: volumes,
    // Without its record nobody could manage the container.
    engine: { containers: flags.containers || config, images, volumes },
  };
  const runtime = await openRecordedRuntime(folder);
  // Without a state folder nothing was ever set up; none is made to lock it.
  if (flags.dryRun || !(await isThere(folder.path))) {
    const plan = await planTeardown(runtime, folder, wish);
    showPlan(context, plan, folder);
    return EXIT.good;
  }
  const lock = await lockUnlessFull(context, folder);
  try {
    const plan = await planTeardown(runtime, folder, wish);
    if (isIdle(plan)) {
      showPlan(context, plan, folder);
    } else {
      await confirmRemoval(context, plan, folder);
      await offerBackup(context, plan, folder);
      const outcome = await carryOut(context, runtime, folder, wish, plan);
      showOutcome(context, plan, outcome);
    }
  } finally {
    await lock?.release();
  }
  if (config) await removeIfEmpty(folder.path);
  return EXIT.good;
}

/** @returns null where the disk has no space for a lock */
async function lockUnlessFull(
  { signal, output }: Context,
  folder: StateFolder
): Promise<Lock | null> {
  try {
    return await acquireLock(folder.lock, { purpose: 'teardown', signal });
  } catch (error) {
    // Teardown is what makes space: it must not need any.
    if (!isDiskFull(error)) throw error;
    output.warn('the disk is full: nothing can be written down');
    return null;
  }
}

async function confirmRemoval(
  { output, prompts }: Context,
  { remove, engine }: TeardownPlan,
  folder: StateFolder
): Promise<void> {
  if (remove.length === 0 && engine.length === 0) return;
  output.note('This will be removed and cannot be taken back:');
  for (const line of [...removalLines(remove), ...engineLines(engine)]) {
    output.note(`  ${line}`);
  }
  const name = path.basename(folder.path);
  const message = `Remove all this of ${folder.path}?`;
  await prompts.confirmByName('confirm', { message, name });
}

async function carryOut(
  { flags, output, signal }: Context,
  runtime: Runtime,
  folder: StateFolder,
  wish: TeardownWish,
  plan: TeardownPlan
): Promise<TeardownOutcome> {
  const step = new Steps(output).start('Tearing down');
  try {
    const outcome = await tearDown(runtime, folder, wish, plan, {
      signal,
      force: flags.force,
      onProgress: ({ text }) => step.update(text),
      onDone: (text) => step.update(text),
    });
    step.done(outcome.stopped ? 'stopped' : 'nothing was running');
    return outcome;
  } catch (error) {
    step.fail('not finished; run it again to go on');
    throw error;
  }
}

function showPlan(
  { output, flags }: Context,
  plan: TeardownPlan,
  folder: StateFolder
): void {
  output.document(teardownDocument(plan, null, flags.dryRun));
  const lines = planLines(plan);
  if (lines.length === 0) {
    output.result(`Nothing to do: ${plan.status.detail}.`);
  } else {
    const title = flags.dryRun ? 'Would do (nothing was done)' : folder.path;
    output.result(summaryBox(title, lines, output.resultPaint));
  }
  for (const line of stayLines(plan)) output.result(line);
  warn(plan, output);
}

function showOutcome(
  { output }: Context,
  plan: TeardownPlan,
  outcome: TeardownOutcome
): void {
  output.document(teardownDocument(plan, outcome, false));
  const lines = [
    // Its record may be gone with the rest: it was here all the same.
    outcome.status.state === 'absent' && plan.status.state !== 'absent'
      ? 'the index is stopped'
      : outcome.status.detail,
    ...(outcome.restoration === null
      ? []
      : restorationLines(outcome.restoration)),
    ...outcome.removed.map(
      ({ title, path: file, sizeBytes }) =>
        `removed ${title}: ${file} (${formatBytes(sizeBytes)})`
    ),
    ...plan.engine.map(({ kind, name }) => `removed ${kind}: ${name}`),
    ...outcome.kept.map(
      (kept) => `${kept} stays: it holds files that are not ours`
    ),
    ...(outcome.recordKept === null
      ? []
      : [`setup.json stays: ${outcome.recordKept}`]),
    ...stayLines(plan),
  ];
  output.result(summaryBox('Teardown', lines, output.resultPaint));
  warn(plan, output);
}

function stayLines({ stays }: TeardownPlan): readonly string[] {
  return stays.map(
    ({ title, path: file, sizeBytes }) =>
      `the ${title} in ${file} is still there (${formatBytes(sizeBytes)})`
  );
}

function warn(plan: TeardownPlan, output: Context['output']): void {
  for (const line of strayLines(plan)) output.warn(line);
  const { appview, record } = plan;
  if (appview?.state === 'not-ours') {
    const other = appview.connected;
    output.warn(
      other === null
        ? 'setup has not changed the .env of that AppView, or it was put back already'
        : `setup has not changed the .env of that AppView, but the one in ${other}`
    );
  } else if (appview === null && record !== null && record.appview !== null) {
    output.warn(
      `the .env in ${record.appview.folder} still points here: put it back with --appview ${shellWord(record.appview.folder)}`
    );
  }
}

async function isThere(file: string): Promise<boolean> {
  return await lstat(file).then(
    () => true,
    () => false
  );
}
