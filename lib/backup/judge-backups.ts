import { formatDuration } from '../cli/index.js';
import type { BackupState } from './run-record.js';

/** Whether backups are made as they should be. */
export interface BackupJudgement {
  readonly ok: boolean;
  /** For people, one sentence each; the first is the worst. */
  readonly problems: readonly string[];
  /** Age of the newest good backup (ms); null: there is none. */
  readonly ageMs: number | null;
  /** Oldest it may be (ms); null: any age will do. */
  readonly maxAgeMs: number | null;
}

const HOUR_MS = 3_600_000;

/**
 * Judges the last run and the age of the newest good backup. By the schedule
 * one may be missed by half before it counts as late. Pure.
 *
 * @param state as the last run left it, see {@link runNow}
 * @param maxAgeHours `--max-age-hours`; undefined: by the schedule
 */
export function judgeBackups(
  { lastRun, newestGood, everyHours }: BackupState,
  nowMs: number,
  maxAgeHours?: number
): BackupJudgement {
  const problems: string[] = [];
  if (lastRun !== null && lastRun.outcome === 'failed') {
    const why = lastRun.problem ?? 'no reason was noted';
    problems.push(`the last run, of ${lastRun.startedAt}, failed: ${why}`);
  }
  if (lastRun !== null && lastRun.outcome === 'unverified') {
    problems.push(
      `the last backup, of ${lastRun.startedAt}, was not verified${lastRun.problem === null ? '' : `: ${lastRun.problem}`}`
    );
  }
  const hours =
    maxAgeHours ?? (everyHours === null ? undefined : everyHours * 1.5);
  const maxAgeMs = hours === undefined ? null : hours * HOUR_MS;
  const ageMs =
    newestGood === null
      ? null
      : Math.max(0, nowMs - Date.parse(newestGood.createdAt));
  if (ageMs === null) problems.push('there is no good backup');
  else if (maxAgeMs !== null && ageMs > maxAgeMs) {
    problems.push(
      `the newest good backup is ${formatDuration(ageMs)} old, it may be ${formatDuration(maxAgeMs)}`
    );
  }
  return { ok: problems.length === 0, problems, ageMs, maxAgeMs };
}
