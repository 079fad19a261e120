import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import {
  EXIT,
  Steps,
  summaryBox,
  type CommandContext,
  type ExitCode,
} from '../cli/index.js';
import type { EmbeddedPrograms } from '../runtime/embedded/embedded-command.js';
import { openRuntime } from '../runtime/open-runtime.js';
import { acquireLock, type Lock } from '../runtime/process-lock.js';
import type { RuntimeStatus } from '../runtime/runtime.js';
import { stateFolder, type StateFolder } from '../runtime/state-folder.js';
import { FindingsSoFar } from './findings.js';
import { stayAttached } from './foreground.js';
import { assertAnswered } from './missing-answers.js';
import { RecordKeeper } from './record-keeper.js';
import {
  planSteps,
  runSteps,
  type PlannedStep,
  type StepListener,
} from './run-steps.js';
import type { SetupFlags } from './setup-command.js';
import { setupDocument } from './setup-document.js';
import { SetupError } from './setup-error.js';
import { forgetGrowth } from './disk/growth-history.js';
import { noteData } from './disk/measure-growth.js';
import { rebuildIndex } from './rebuild/rebuild-index.js';
import {
  planRebuild,
  withRebuild,
  type RebuildPlan,
} from './rebuild/rebuild-plan.js';
import { resolveOptions } from './setup-options.js';
import { finalBlock, planBlock, type ReportBlock } from './setup-report.js';
import type { SetupRun } from './setup-run.js';
import { earlierData } from './steps/data-step.js';
import { earlierJetstream } from './steps/jetstream-step.js';
import { SETUP_STEPS } from './steps/setup-steps.js';
import { settingsFileOf } from './settings-file.js';
import { UndoableEnvFile } from './undoable-env-file.js';
import { runUpgrade } from './upgrade/run-upgrade.js';
import { upgradeRequest } from './upgrade/upgrade-request.js';

/** How long letting go of the state folder may take (ms). */
const UNDO_MS = 5000;

/** For tests. */
export interface SetupHooks {
  /** Other programs than the real ones. */
  readonly programs?: EmbeddedPrograms | undefined;
  readonly onStep?: StepListener | undefined;
}

/** What `scripts/setup.ts` does with its flags. */
export async function runSetupCommand(
  context: CommandContext<SetupFlags>,
  hooks: SetupHooks = {}
): Promise<ExitCode> {
  const { flags: values, sources, undo, signal } = context;
  const request = upgradeRequest({ values, sources });
  const asked = resolveOptions({ values, sources });
  const envFile = values.settings ?? (await settingsFileOf(asked.state));
  const options = { ...asked, envFile: path.resolve(envFile) };
  const folder = stateFolder(options.state);
  const lock = options.dryRun ? null : await lockState(context, folder);
  const record = await RecordKeeper.open(folder.setupRecord, undo);
  if (request !== null) {
    const code = await runUpgrade(context, {
      options,
      folder,
      record,
      request,
      programs: hooks.programs,
    });
    await lock?.release();
    return code;
  }
  const settings = new UndoableEnvFile(options.envFile, undo);
  const rebuild = values.rebuild ? await planRebuild(folder, record) : null;
  if (rebuild !== null && !options.dryRun) {
    await rebuildIndex(context, folder, record, rebuild);
    await settings.write({ CONSTELLATION_LOCAL_SINCE: null });
  }
  const run: SetupRun = {
    options,
    folder,
    signal,
    output: context.output,
    prompts: context.prompts,
    undo,
    record,
    before: await statusBefore(folder, record),
    findings: new FindingsSoFar(),
    envFile: settings,
    warnings: [],
    programs: hooks.programs,
  };
  refuseSampleBehindAppView(run);
  if (!run.prompts.canAsk && !values.yes) {
    const jetstream = earlierJetstream(run);
    assertAnswered(options, { data: earlierData(run), jetstream });
  }
  const code = await setUp(run, hooks.onStep, rebuild);
  // Somebody said no: what was made for the questions goes.
  if (code !== EXIT.good) await undo.run(UNDO_MS);
  // It is done: whoever asks it to stop now has the report and a 0.
  else {
    if (values.rebuild && !options.dryRun) await measureAnew(run);
    context.endWhenAsked();
  }
  await lock?.release();
  if (code !== EXIT.good || !options.foreground || options.dryRun) return code;
  return await stayAttached(run, context);
}

async function setUp(
  run: SetupRun,
  onStep?: StepListener,
  rebuild: RebuildPlan | null = null
): Promise<ExitCode> {
  const { output, options, findings } = run;
  const shown = new Steps(output, { total: SETUP_STEPS.length });
  const acts = SETUP_STEPS.filter((step) => step.kind === 'act');
  const looks = SETUP_STEPS.filter((step) => step.kind === 'look');
  const looked = await runSteps(looks, run, shown, onStep);
  const plan = await planSteps(acts, run);
  if (options.dryRun) {
    const whole = rebuild === null ? plan : withRebuild(plan, rebuild);
    output.document(setupDocument(run, looked, whole));
    const title = 'Would do (nothing was done)';
    showResult(run, planBlock(whole, title, output.resultColumns));
    return EXIT.good;
  }
  showPlan(run, plan);
  if (!(await isAgreed(run, plan))) {
    output.note('Nothing was done.');
    return EXIT.interrupted;
  }
  const ended = [...looked, ...(await runSteps(acts, run, shown, onStep))];
  const { freeBytes } = await findings.get('runtime').runtime.data();
  run.signal.throwIfAborted();
  // From here on nothing is taken back.
  run.undo.commit();
  output.document(setupDocument(run, ended, null));
  showResult(run, finalBlock(run, ended, freeBytes));
  return EXIT.good;
}

/**
 * Shows what will be done: where there is somebody to ask, and where a file is
 * changed that was there before.
 */
function showPlan(
  { output, prompts }: SetupRun,
  plan: readonly PlannedStep[]
): void {
  const isWanted = prompts.canAsk
    ? isNeeded(plan)
    : plan.some(({ diff = '' }) => diff !== '');
  if (!isWanted) return;
  const said = 'This will be done';
  const { title, lines } = planBlock(plan, said, output.columns);
  output.note(summaryBox(title, lines, output.paint));
}

/** Asks whether to go on, where there is somebody to ask. */
async function isAgreed(
  { prompts }: SetupRun,
  plan: readonly PlannedStep[]
): Promise<boolean> {
  if (!prompts.canAsk || !isNeeded(plan)) return true;
  return await prompts.confirm('Go ahead?');
}

function isNeeded(plan: readonly PlannedStep[]): boolean {
  return plan.some(({ needed }) => needed);
}

function showResult({ output }: SetupRun, { title, lines }: ReportBlock): void {
  output.result(summaryBox(title, lines, output.resultPaint));
}

/**
 * Makes the state folder and takes its lock. When the run is undone the lock
 * goes last, and the folder too if it was made and nothing is in it.
 */
async function lockState(
  { undo, signal }: CommandContext<SetupFlags>,
  folder: StateFolder
): Promise<Lock> {
  const made = await mkdir(folder.path, { recursive: true });
  const lock = await acquireLock(folder.lock, { purpose: 'setup', signal });
  const letGo = async (): Promise<void> => {
    await lock.release();
    if (made === undefined) return;
    await rmdir(folder.path).catch(() => undefined); // something is in it
  };
  undo.add(folder.path, letGo, { quiet: true });
  return lock;
}

/** What ran here before, by the runtime that an earlier run set up. */
async function statusBefore(
  folder: StateFolder,
  { earlier }: RecordKeeper
): Promise<RuntimeStatus> {
  const kind = earlier?.runtime ?? 'embedded';
  return await openRuntime(kind, { folder }).status();
}

/** An index that was begun anew: how the old one grew says nothing of it. */
async function measureAnew({ findings, folder }: SetupRun): Promise<void> {
  const data = await findings.get('runtime').runtime.data();
  await forgetGrowth(folder.growth, data.name);
  await noteData(folder.growth, data, new Date());
}

/** @throws SetupError SAMPLE_APPVIEW */
function refuseSampleBehindAppView({ options, record }: SetupRun): void {
  const appview = record.earlier?.appview ?? null;
  if (!options.sample || appview === null) return;
  throw new SetupError(
    `the AppView in ${appview.folder} asks this index: sample data is invented and must not reach it`,
    {
      code: 'SAMPLE_APPVIEW',
      suggestion:
        'try the sample beside it, with --state DIR, --port and --metrics-port of its own',
    }
  );
}
