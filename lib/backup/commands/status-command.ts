import {
  defineCommand,
  EXIT,
  formatBytes,
  formatDuration,
  groupedCommand,
  labelled,
  STANDARD_FLAGS,
  summaryBox,
} from '../../cli/index.js';
import { findBackups, isVerified } from '../backup-folder.js';
import { judgeBackups } from '../judge-backups.js';
import { storedSize } from '../manifest/manifest.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { findKeptInVolume } from '../docker/docker-kept.js';
import { findKeptData, type KeptData } from '../restore/kept-data.js';
import {
  readRestoreRecord,
  type RestoreRecord,
} from '../restore/restore-record.js';
import {
  readBackupState,
  runNow,
  type BackupRun,
  type BackupState,
} from '../run-record.js';
import { openScene, type BackupScene } from './backup-scene.js';
import { mendScene } from './mend-scene.js';
import { noBackups } from './list-command.js';
import { PLACE_FLAGS } from './place-flags.js';

const SPEC = defineCommand({
  command: 'npx zx scripts/backup.ts status',
  purpose:
    'Says how old the newest good backup is, and what the last run came to. For monitors.',
  flags: {
    ...PLACE_FLAGS,
    maxAgeHours: {
      type: 'integer',
      unit: 'h',
      min: 1,
      max: 87_600,
      help: 'oldest that the newest good backup may be (default: one and a half times the scheduled interval; without a schedule any age)',
    },
    json: STANDARD_FLAGS.json,
  },
  exitCodes: [
    [
      EXIT.good,
      'there is a good backup, young enough, and the last run went well',
    ],
    [EXIT.failed, 'the last run failed, or the newest good backup is too old'],
    [EXIT.nothingFound, 'there is no backup, and none was tried'],
  ],
});

/** `status`. */
export const STATUS_COMMAND = groupedCommand(
  'status',
  SPEC,
  async ({ flags, env, output, signal }) => {
    const scene = await sceneOfStatus(flags, env);
    await mendScene(scene, output, signal);
    const state = await stateOfScene(scene);
    if (state.lastRun === null && state.newestGood === null) {
      throw await noBackups(scene);
    }
    const judgement = judgeBackups(state, Date.now(), flags.maxAgeHours);
    const restore = await readRestoreRecord(scene.folder.restore);
    const kept = await keptOf(scene, restore);
    output.document({
      schemaVersion: 1,
      ok: judgement.ok,
      ...state,
      lastRun: state.lastRun === null ? null : runDocument(state.lastRun),
      ageMs: judgement.ageMs,
      maxAgeMs: judgement.maxAgeMs,
      problems: judgement.problems,
      restore,
      kept,
    });
    const rows: Array<readonly [string, string]> = [
      ['folder', scene.backups],
      ['newest good', newestText(state, judgement.ageMs)],
      ['last run', runText(state.lastRun)],
      ['schedule', everyText(state)],
    ];
    if (restore !== null) {
      const gap =
        restore.gap === null
          ? ''
          : `; missing: ${restore.gap.from} to ${restore.gap.to}`;
      const how =
        restore.phase === 'done' ? 'restored' : 'INTERRUPTED restore of';
      rows.push([
        'last restore',
        `${how} ${restore.backupId}, ${restore.at}${gap}`,
      ]);
    }
    for (const { path, sizeBytes } of kept) {
      rows.push([
        'kept',
        `${path} (${formatBytes(sizeBytes)}): restore --discard-old`,
      ]);
    }
    const title = judgement.ok ? 'Backups are well' : 'Backups need attention';
    const lines = [...labelled(rows), ...judgement.problems];
    output.result(summaryBox(title, lines, output.resultPaint));
    return judgement.ok ? EXIT.good : EXIT.failed;
  }
);

/** Without a folder it is about the one that the last run wrote to. */
async function sceneOfStatus(
  ...[flags, env]: Parameters<typeof openScene>
): Promise<BackupScene> {
  const scene = await openScene(flags, env);
  if (flags.backups !== undefined) return scene;
  const record = await readBackupState(scene.folder.backup);
  return { ...scene, backups: record?.folder ?? scene.backups };
}

async function keptOf(
  { runtime }: BackupScene,
  restore: RestoreRecord | null
): Promise<readonly KeptData[]> {
  if (runtime instanceof DockerRuntime) {
    return (await runtime.record()) === null
      ? []
      : await findKeptInVolume(runtime);
  }
  const dataPath = restore?.dataPath ?? (await runtime.data()).name;
  return await findKeptData(dataPath);
}

/** The record, corrected by what is really there. */
async function stateOfScene(scene: BackupScene): Promise<BackupState> {
  const record = await readBackupState(scene.folder.backup);
  const found = await findBackups(scene.backups);
  const newest = found.find(isVerified)?.manifest ?? null;
  const isOther = record !== null && record.folder !== scene.backups;
  const lastRun = record?.lastRun ?? null;
  return {
    folder: scene.backups,
    lastRun: lastRun === null || isOther ? null : runNow(lastRun),
    newestGood:
      newest === null
        ? null
        : {
            id: newest.id,
            createdAt: newest.createdAt,
            storedBytes: storedSize(newest),
          },
    everyHours: record?.everyHours ?? null,
  };
}

function newestText({ newestGood }: BackupState, ageMs: number | null): string {
  if (newestGood === null || ageMs === null) return 'none';
  const size = formatBytes(newestGood.storedBytes);
  return `${formatDuration(ageMs)} old: ${newestGood.id} (${size})`;
}

function runText(run: BackupRun | null): string {
  if (run === null) return 'none is noted';
  const problem = run.problem === null ? '' : `: ${run.problem}`;
  return `${run.outcome}, ${run.startedAt}${problem}`;
}

function everyText({ everyHours }: BackupState): string {
  if (everyHours === null) return 'none: npx zx scripts/backup.ts schedule';
  return everyHours === 1 ? 'every hour' : `every ${everyHours} hours`;
}

/** Whose process it was is nobody's business. */
function runDocument(run: BackupRun): Omit<BackupRun, 'process'> {
  const { outcome, startedAt, endedAt, problem } = run;
  return { outcome, startedAt, endedAt, problem };
}
