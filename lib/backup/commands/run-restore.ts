import {
  EXIT,
  formatBytes,
  Steps,
  summaryBox,
  type CommandContext,
  type ExitCode,
  type Step,
} from '../../cli/index.js';
import { acquireLock } from '../../runtime/index.js';
import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { BackupError } from '../backup-error.js';
import { chooseBackup, type ReadBackup } from '../backup-folder.js';
import { DockerPlace } from '../docker/docker-place.js';
import { planDockerRestore } from '../docker/docker-restore-plan.js';
import { mendHeld } from '../docker/let-go.js';
import { EmbeddedOpener } from '../embedded/embedded-opener.js';
import { EmbeddedPlace } from '../embedded/embedded-place.js';
import { forgetGrowth } from '../../setup/disk/growth-history.js';
import { unpackedSize } from '../manifest/manifest.js';
import { ProgressText } from '../progress.js';
import {
  restoreBackup,
  type RestoreOutcome,
  type RestoreStage,
} from '../restore/restore-backup.js';
import { gapText } from '../restore/restore-checks.js';
import type { RestorePlace } from '../restore/restore-place.js';
import { planRestore, type RestorePlan } from '../restore/restore-plan.js';
import { readRestoreRecord } from '../restore/restore-record.js';
import { servedText } from '../restore/served-counts.js';
import { lockBackups, type BackupScene } from './backup-scene.js';
import type { RestoreFlags } from './restore-command.js';

const STAGE_TEXTS: Readonly<Record<RestoreStage, string>> = {
  unpack: 'unpacking',
  verify: 'opening it and comparing counts',
  stop: 'stopping the index',
  swap: 'swapping the data',
  start: 'starting the index',
  health: 'waiting until it reads on',
  counts: 'comparing the counts of what serves now',
};

/** `restore`. */
export async function runRestore(
  context: CommandContext<RestoreFlags>,
  scene: BackupScene
): Promise<ExitCode> {
  const { flags, positionals, signal } = context;
  const { folder } = scene;
  const wanted = positionals[0] ?? 'latest';
  const backup = await chooseBackup(scene.backups, wanted);
  if (flags.dryRun) {
    showPlan((await prepare(backup, context, scene)).plan, context);
    return EXIT.good;
  }
  await mkdir(folder.path, { recursive: true });
  const state = await acquireLock(folder.lock, {
    purpose: 'a restore',
    signal,
  });
  try {
    const backupsOf = path.dirname(backup.path);
    const lock = await lockBackups(backupsOf, 'a restore', signal);
    try {
      const held = await mendHeld(folder.held);
      if (held !== null) context.output.warn(held);
      const prepared = await prepare(backup, context, scene);
      return await carryOut(prepared, context, scene);
    } finally {
      await lock.release();
    }
  } finally {
    await state.release();
  }
}

/** What would be done, and where it is done. */
interface Prepared {
  readonly plan: RestorePlan;
  readonly place: RestorePlace;
}

async function prepare(
  backup: ReadBackup,
  { flags }: CommandContext<RestoreFlags>,
  { folder, runtime }: BackupScene
): Promise<Prepared> {
  const record = await readRestoreRecord(folder.restore);
  const wasRunning =
    record !== null && record.phase !== 'done' && record.wasRunning;
  const wish = { backup, dataPath: flags.data, wasRunning };
  const now = new Date();
  if (runtime instanceof DockerRuntime) {
    const { anyVersion } = flags;
    const plan = await planDockerRestore(runtime, wish, now, anyVersion);
    return { plan, place: new DockerPlace(plan, runtime, folder) };
  }
  const plan = await planRestore(runtime, wish, now);
  return {
    plan,
    place: new EmbeddedPlace(plan, runtime, new EmbeddedOpener()),
  };
}

async function carryOut(
  { plan, place }: Prepared,
  { flags, output, signal }: CommandContext<RestoreFlags>,
  { folder, runtime }: BackupScene
): Promise<ExitCode> {
  if (plan.warning !== null) output.warn(plan.warning);
  const step: Step = new Steps(output).start(`Restore ${plan.backup.id}`);
  const progress = new ProgressText();
  let outcome: RestoreOutcome;
  try {
    outcome = await restoreBackup(plan, {
      runtime,
      place,
      recordFile: folder.restore,
      signal,
      resumeMs: flags.resumeWait * 1000,
      onStage: (stage) => step.update(STAGE_TEXTS[stage]),
      onProgress: (state) => step.update(progress.text(state)),
      onUndo: (text) => output.note(`Undone: ${text}`),
    });
  } catch (error) {
    if (error instanceof BackupError && error.code === 'NOT_UNDONE') {
      step.fail('NOT PUT BACK');
      // After Ctrl-C the command itself says no more than that.
      if (signal.aborted) output.error(error.message);
    } else {
      step.fail('the old data is in its place');
    }
    throw error;
  }
  // What was there before says nothing of how fast this one grows.
  await forgetGrowth(folder.growth, plan.dataPath);
  const { gap } = outcome;
  step.done('before the swap every count was what the backup says');
  output.document({
    schemaVersion: 1,
    ok: true,
    dryRun: false,
    backupId: plan.backup.id,
    dataPath: plan.dataPath,
    ...outcome,
  });
  if (gap !== null) {
    const { kind } = plan.backup.manifest.server;
    output.warn(gapText(gap, kind === 'embedded'));
  }
  const lines = outcomeLines(plan, outcome);
  output.result(summaryBox('Restored', lines, output.resultPaint));
  return EXIT.good;
}

function outcomeLines(
  { backup, dataPath }: RestorePlan,
  { keptPath, started, resumed, gap, counts }: RestoreOutcome
): readonly string[] {
  const { cursorUs, linkingRecords } = backup.manifest.index;
  const upTo =
    cursorUs === null ? 'the start' : new Date(cursorUs / 1000).toISOString();
  return [
    `${backup.id} is in ${dataPath}: ${linkingRecords} linking records up to ${upTo}`,
    ...(started
      ? [
          resumed
            ? `the index runs and has read on from there, ${gap === null ? 'nothing is missing' : 'with a gap'}`
            : 'the index runs; no newer event has come yet, so whether something is missing is not known: see complete_since at /health',
        ]
      : ['the index does not run: npx zx scripts/setup.ts starts it']),
    ...(counts === null ? [] : [servedText(counts)]),
    ...(keptPath === null
      ? []
      : [
          `the data from before is in ${keptPath}: npx zx scripts/backup.ts restore --discard-old`,
        ]),
  ];
}

function showPlan(
  plan: RestorePlan,
  { output }: CommandContext<RestoreFlags>
): void {
  const { backup, present, dataPath, stops, startsAfter, keptPath } = plan;
  const size = unpackedSize(backup.manifest);
  output.document({
    schemaVersion: 1,
    ok: true,
    dryRun: true,
    backupId: backup.id,
    dataPath,
    neededBytes: size,
    present,
    keptPath: present === null ? null : keptPath,
    stops,
    startsAfter,
    warning: plan.warning,
  });
  const lines = [
    `unpack ${backup.id} beside ${dataPath} (${formatBytes(size)}), open it and compare its counts`,
    ...(stops ? ['stop the index'] : []),
    ...(present === null
      ? [`put it into ${dataPath}`]
      : [
          `keep the present data (${formatBytes(present.sizeBytes)}) in ${keptPath}`,
          `put the restored data into ${dataPath}`,
        ]),
    ...(startsAfter
      ? ['start the index, wait until it reads on, compare its counts again']
      : []),
  ];
  const title = 'Would do (nothing was done)';
  output.result(summaryBox(title, lines, output.resultPaint));
  if (plan.warning !== null) output.warn(plan.warning);
}
