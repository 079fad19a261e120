import { IndexApi } from '../../checks/index-api.js';
import { waitFor, type Death, type Probe } from '../../health/index.js';
import { BackupError } from '../backup-error.js';
import type { BackupManifest, Sentinel } from '../manifest/manifest.js';
import { askCounts } from '../verify/compare-index.js';

/** How the places of a backup count in the index that serves it. */
export interface ServedCounts {
  /** Places that were asked; 0: the backup names none. */
  readonly places: number;
  /** Records and accounts as in the backup. */
  readonly same: number;
  /** Other numbers, as events since the backup make them. */
  readonly changed: number;
  /** Links in the backup, and none now. */
  readonly gone: number;
}

/** What one place counts. */
export type PlaceCount = Pick<Sentinel, 'records' | 'dids'>;

/** How long the index is asked. */
export interface ServedOptions {
  /** Where it answers. */
  readonly api: string;
  /** For all places (ms). */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly isDead: () => Promise<Death | null>;
}

/** For one answer (ms): it reads on meanwhile, maybe hours of events. */
const REQUEST_MS = 15_000;

/**
 * Asks an index that was started on restored data for the places of the backup.
 * It has read on since, so other numbers are no fault. One that knows none of
 * the places serves something else than was restored.
 *
 * @throws BackupError RESTORE_FAILED where it knows none; HealthError where it
 *   does not answer; the signal's reason
 */
export async function compareServed(
  { sentinels }: Pick<BackupManifest, 'sentinels'>,
  { api, deadlineMs, signal, isDead }: ServedOptions
): Promise<ServedCounts> {
  const index = new IndexApi(api, REQUEST_MS);
  const probe: Probe<readonly PlaceCount[]> = {
    name: 'ready',
    target: `${api}/links/count`,
    read: async (stop) => {
      const counts: PlaceCount[] = [];
      for (const sentinel of sentinels) {
        counts.push(await askCounts(index, sentinel, stop));
      }
      return counts;
    },
    judge: () => ({ state: 'pass', detail: 'every place was counted' }),
  };
  const { value } = await waitFor(probe, {
    deadlineMs,
    tryTimeoutMs: deadlineMs,
    signal,
    isDead,
  });
  const counts = judgeServed(sentinels, value);
  assertServed(counts);
  return counts;
}

/** @param now of the same places, in the same order. Pure. */
export function judgeServed(
  before: readonly PlaceCount[],
  now: readonly PlaceCount[]
): ServedCounts {
  let [same, gone] = [0, 0];
  for (const [at, { records, dids }] of before.entries()) {
    const seen = now[at];
    if (seen?.records === records && seen.dids === dids) same += 1;
    else if (seen?.records === 0) gone += 1;
  }
  const places = before.length;
  return { places, same, changed: places - same - gone, gone };
}

/** @throws BackupError RESTORE_FAILED where all that was known is gone. Pure. */
export function assertServed({ places, gone }: ServedCounts): void {
  if (places === 0 || gone < places) return;
  throw new BackupError(
    `the index that was started knows none of the ${places} places that the backup counted, so it does not serve what was restored`,
    {
      code: 'RESTORE_FAILED',
      suggestion:
        'npx zx scripts/test.ts says what it serves; where so few links may all be taken back since, restore to another place: --data DIR',
    }
  );
}

/** For people. Pure. */
export function servedText({
  places,
  same,
  changed,
  gone,
}: ServedCounts): string {
  if (places === 0) {
    return 'the backup counted no place, so what serves now was not compared with it';
  }
  const parts = [
    `${same} of ${places} as in the backup`,
    ...(changed > 0 ? [`${changed} changed since`] : []),
    ...(gone > 0 ? [`${gone} without a link now`] : []),
  ];
  return `places counted in what serves now: ${parts.join(', ')}`;
}
