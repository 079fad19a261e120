import { formatDuration } from '../../cli/index.js';
import type { RuntimeKind } from '../../runtime/index.js';
import { BackupError } from '../backup-error.js';
import type { BackupManifest } from '../manifest/manifest.js';

/** What a restore would replace. */
export interface PresentData {
  readonly sizeBytes: number;
  readonly sample: boolean;
}

/** What a restore would restore to. */
export interface RestoreTarget {
  readonly runtime: RuntimeKind;
  /** Newest format of a data folder that this version reads; null: any. */
  readonly storeFormat: number | null;
  /** Null: there is no data yet. */
  readonly present: PresentData | null;
}

/**
 * Whether a backup fits where it is to go. Pure.
 *
 * @throws BackupError WRONG_RUNTIME, WRONG_VERSION, SAMPLE_MISMATCH, each with
 *   the way out
 */
export function assertRestorable(
  { runtime, server, sample, madeBy }: BackupManifest,
  target: RestoreTarget
): void {
  if (runtime !== target.runtime) {
    throw new BackupError(
      `it is a backup of the ${runtime} runtime, not of the ${target.runtime} one`,
      {
        code: 'WRONG_RUNTIME',
        suggestion: `restore it there: --runtime ${runtime}`,
      }
    );
  }
  const { storeFormat } = server;
  if (
    storeFormat !== null &&
    target.storeFormat !== null &&
    storeFormat > target.storeFormat
  ) {
    throw new BackupError(
      `its data has format ${storeFormat}, this version reads format ${target.storeFormat} and older`,
      {
        code: 'WRONG_VERSION',
        suggestion: `restore it with version ${madeBy} of Constellation Local or a newer one`,
      }
    );
  }
  if (target.present !== null && target.present.sample !== sample) {
    throw new BackupError(
      sample
        ? 'it is sample data, which must not take the place of an index of the network'
        : 'the data in place is sample data, which is kept apart from the network',
      {
        code: 'SAMPLE_MISMATCH',
        suggestion: 'restore it into a folder of its own: --data DIR',
      }
    );
  }
}

const DAY_MS = 86_400_000;
/** How long Jetstream keeps events: one to three days, by its operators. */
const KEPT_SURELY_MS = DAY_MS;
const KEPT_AT_MOST_MS = 3 * DAY_MS;

/**
 * What it means that the stream is gone on with at an old cursor. Pure.
 *
 * @returns null where the stream surely still has what comes next
 */
export function gapWarning(
  cursorUs: number | null,
  nowMs: number
): string | null {
  if (cursorUs === null) return null;
  const ageMs = nowMs - cursorUs / 1000;
  if (ageMs <= KEPT_SURELY_MS) return null;
  const age = formatDuration(ageMs);
  return ageMs <= KEPT_AT_MOST_MS
    ? `the backup ends ${age} ago; Jetstream keeps one to three days, so what happened since may be missing`
    : `the backup ends ${age} ago, longer than Jetstream keeps events: part of what happened since will be missing`;
}

/**
 * What has to be taken for missing where the server does not say: nothing while
 * the stream surely keeps what comes next, else all from the backup's end until
 * now. Pure.
 */
export function gapByAge(
  cursorUs: number | null,
  nowMs: number
): RestoreGap | null {
  if (cursorUs === null) return null;
  const fromMs = cursorUs / 1000;
  if (nowMs - fromMs <= KEPT_SURELY_MS) return null;
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(nowMs).toISOString(),
  };
}

/** A time that the index knows nothing of. */
export interface RestoreGap {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
}

/**
 * What is missing, and what makes the AppView know it. Pure.
 *
 * @param saysItself whether the index tells its clients by `/health`
 */
export function gapText({ from, to }: RestoreGap, saysItself: boolean): string {
  const told = saysItself
    ? `/health says complete_since ${to}; an AppView that was set up with CONSTELLATION_LOCAL_SINCE needs that time there`
    : `the index counts as complete since ${to}; until the AppView and the bridge know it (CONSTELLATION_LOCAL_SINCE) their counts may be too low: npx zx scripts/setup.ts --yes`;
  return `nothing is known of what happened from ${from} to ${to}: the stream no longer had it. ${told}`;
}

/**
 * Whether something is missing, by what the index says once it has read on.
 * Pure.
 *
 * @param completeSince what `/health` says now
 */
export function gapAfter(
  { index }: Pick<BackupManifest, 'index'>,
  completeSince: string | null
): RestoreGap | null {
  const { cursorUs } = index;
  if (cursorUs === null || completeSince === null) return null;
  const from = new Date(cursorUs / 1000);
  return Date.parse(completeSince) > from.getTime()
    ? { from: from.toISOString(), to: completeSince }
    : null;
}
