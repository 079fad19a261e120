import path from 'node:path';
import {
  EXIT,
  formatBytes,
  formatDuration,
  shellWord,
  Steps,
  summaryBox,
  type ExitCode,
  type Output,
} from '../../cli/index.js';
import { bestCompression, type Compression } from '../archive/compression.js';
import { runHook } from '../backup-hook.js';
import { readBackup, type ReadBackup } from '../backup-folder.js';
import {
  createBackup,
  spaceForBackup,
  type CreatedBackup,
  type CreateStage,
} from '../create-backup.js';
import { readEnvCopy } from '../env-copy.js';
import { storedSize, unpackedSize } from '../manifest/manifest.js';
import { verifiedText } from './list-command.js';
import { ProgressText } from '../progress.js';
import { runBegun } from '../run-record.js';
import type { Snapshotter } from '../snapshotter.js';
import { verifyBackup } from '../verify/verify-backup.js';
import { lockBackups, type BackupScene } from './backup-scene.js';
import { failureOf, noteRun, type NoteRun } from './note-run.js';
import { lookPlace } from './runtime-parts.js';

/** What a backup is made with. */
export interface RunCreateOptions {
  readonly scene: BackupScene;
  readonly snapshotter: Snapshotter;
  readonly compression: Compression | 'auto';
  readonly verify: 'full' | 'quick' | 'none';
  /** Undefined: in the folder of the backups. */
  readonly workFolder: string | undefined;
  /** Undefined: backups stay where they are. */
  readonly hook: string | undefined;
  readonly hookMs: number;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly onStage?:
    ((stage: CreateStage | 'verify' | 'hook') => void) | undefined;
}

/** A backup, and how far it got. */
export interface CreateResult {
  readonly created: CreatedBackup;
  /** Null: it was verified. */
  readonly unverified: string | null;
  readonly durationMs: number;
}

/**
 * Makes a backup, verifies it, sends it off, and writes down what came of it.
 *
 * @throws as createBackup and verifyBackup do; BackupError HOOK_FAILED
 */
export async function runCreate(
  options: RunCreateOptions
): Promise<CreateResult> {
  const { scene, signal } = options;
  const lock = await lockBackups(scene.backups, 'a backup', signal);
  const begun = runBegun(new Date());
  const note: NoteRun = (change, newestGood) =>
    noteRun(scene, begun, change, newestGood);
  try {
    await note({ endedAt: null });
    const result = await createAndVerify(options);
    const { manifest } = result.created;
    const { id, createdAt } = manifest;
    const good = { id, createdAt, storedBytes: storedSize(manifest) };
    const { unverified } = result;
    await note(
      {
        outcome: unverified === null ? 'good' : 'unverified',
        problem: unverified,
      },
      unverified === null ? good : undefined
    );
    if (options.hook !== undefined) await sendOff(result.created, options);
    return result;
  } catch (error) {
    // On a full disk this fails too; what went wrong first is worth more.
    await note(failureOf(error)).catch(() => undefined);
    throw error;
  } finally {
    await lock.release();
  }
}

async function createAndVerify(
  options: RunCreateOptions
): Promise<CreateResult> {
  const { scene, snapshotter, output, signal, onStage } = options;
  const startedMs = performance.now();
  const steps = new Steps(output);
  const progress = new ProgressText();
  const compression = chosen(options.compression);
  const step = steps.start('Backup');
  let created: CreatedBackup;
  try {
    created = await createBackup(snapshotter, {
      folder: scene.backups,
      compression,
      envCopy: await readEnvCopy(scene.envFile),
      signal,
      onStage,
      onProgress: (state) => step.update(progress.text(state)),
      onNotice: (text) => output.warn(text),
    });
    step.done(createdText(created));
    for (const warning of created.manifest.warnings) output.warn(warning);
  } catch (error) {
    step.fail('nothing was left behind');
    throw error;
  }
  const unverified = await verifyNew(created, steps, options);
  const durationMs = performance.now() - startedMs;
  return { created, unverified, durationMs };
}

function chosen(wish: Compression | 'auto'): Compression {
  return wish === 'auto' ? bestCompression() : wish;
}

function createdText({ path: folder, manifest }: CreatedBackup): string {
  const [size, stored] = [unpackedSize(manifest), storedSize(manifest)];
  const { pauseMs } = manifest.snapshot;
  const away =
    pauseMs === 0
      ? 'the API was not taken away for it'
      : `the API was away for ${formatDuration(pauseMs)}`;
  return `${folder}, ${formatBytes(size)} in ${formatBytes(stored)}; ${away}`;
}

/** @returns why it was not verified; null: it was */
async function verifyNew(
  { path: folder }: CreatedBackup,
  steps: Steps,
  { scene, verify, workFolder, output, signal, onStage }: RunCreateOptions
): Promise<string | null> {
  if (verify === 'none') return 'not asked for (--verify none)';
  onStage?.('verify');
  const step = steps.start('Verify');
  const progress = new ProgressText();
  const found = asRead(await readBackup(folder));
  try {
    await verifyBackup(found, {
      level: verify,
      workplace: () =>
        lookPlace(
          found.manifest,
          path.resolve(workFolder ?? scene.backups),
          scene.runtime,
          signal
        ),
      signal,
      onStage: (text) => step.update(text),
      onProgress: (state) => step.update(progress.text(state)),
    });
    step.done(
      verify === 'quick'
        ? 'every sum is right'
        : found.manifest.sentinels.length === 0
          ? 'it opens, and its totals are what they were'
          : 'it opens, and every count is what it was'
    );
    return null;
  } catch (error) {
    const code: unknown =
      error instanceof Error ? Reflect.get(error, 'code') : undefined;
    // Nothing is said against the backup: it could not be looked at.
    if (
      (code === 'NO_SPACE' ||
        code === 'NO_IMAGE' ||
        code === 'NOT_LOOKED_AT') &&
      error instanceof Error
    ) {
      step.warn(error.message);
      const next: unknown = Reflect.get(error, 'suggestion');
      if (typeof next === 'string') output.note(`Next: ${next}`);
      return error.message;
    }
    step.fail('it is not what it should be');
    throw error;
  }
}

async function sendOff(
  created: CreatedBackup,
  { hook = '', hookMs, output, signal, onStage }: RunCreateOptions
): Promise<void> {
  onStage?.('hook');
  const step = new Steps(output).start('Hook');
  try {
    await runHook(hook, created.path, {
      signal,
      deadlineMs: hookMs,
      onLine: (line) => output.note(`  | ${line}`),
    });
    step.done(hook);
  } catch (error) {
    step.fail(hook);
    throw error;
  }
}

/** What `create` says at its end. */
export function reportCreated(
  { created, unverified, durationMs }: CreateResult,
  output: Output
): ExitCode {
  const { manifest, path: folder } = created;
  const { index, sentinels, envFile } = manifest;
  output.document({
    schemaVersion: 1,
    ok: true,
    path: folder,
    verified: unverified === null,
    unverifiedBecause: unverified,
    durationMs: Math.round(durationMs),
    storedBytes: storedSize(manifest),
    manifest,
  });
  const secrets = envFile?.secretsLeftOut ?? [];
  const lines = [
    `${manifest.id} in ${path.dirname(folder)}`,
    `${formatBytes(storedSize(manifest))}, in ${formatDuration(durationMs)}`,
    `${index.linkingRecords} linking records of ${index.dids} accounts; ${sentinels.length} places counted`,
    index.cursorUs === null
      ? 'no event is in it yet'
      : `up to the event of ${new Date(index.cursorUs / 1000).toISOString()}`,
    envFile === null
      ? 'without settings: there is no env file'
      : secrets.length === 0
        ? 'with the settings'
        : `with the settings, without the secrets ${secrets.join(', ')}: keep these elsewhere`,
    unverified === null
      ? verifiedText(manifest)
      : `NOT VERIFIED: ${unverified}`,
    ...(unverified === null
      ? []
      : [`later: npx zx scripts/backup.ts verify ${shellWord(folder)}`]),
  ];
  output.result(summaryBox('Backup', lines, output.resultPaint));
  return unverified === null ? EXIT.good : EXIT.unverified;
}

/** What a plan depends on besides the index. */
type PlanOptions = Pick<RunCreateOptions, 'scene' | 'compression' | 'output'>;

/** What `create --dry-run` says. */
export async function reportCreatePlan(
  snapshotter: Snapshotter,
  { scene, compression, output }: PlanOptions
): Promise<void> {
  const plan = await snapshotter.plan();
  const neededBytes = spaceForBackup(plan, chosen(compression));
  output.document({
    schemaVersion: 1,
    ok: true,
    dryRun: true,
    backups: scene.backups,
    neededBytes,
    plan,
  });
  const lines = [
    plan.text,
    `from ${plan.source} (${formatBytes(plan.sizeBytes)}) to ${scene.backups}`,
    `needs ${formatBytes(neededBytes)} there at most: a copy of the index until it is compressed, and the archive`,
  ];
  const title = 'Would do (nothing was done)';
  output.result(summaryBox(title, lines, output.resultPaint));
}

function asRead(found: Awaited<ReturnType<typeof readBackup>>): ReadBackup {
  const { manifest } = found;
  if (manifest === null) throw new TypeError(found.problem ?? 'no manifest');
  return { ...found, manifest };
}
