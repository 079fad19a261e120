import { formatBytes } from '../../cli/index.js';
import { readHealth } from '../../health/index.js';
import { diskSpace } from '../../runtime/disk-usage.js';
import {
  daysText,
  daysToFull,
  growthRate,
  type GrowthRate,
} from '../disk/growth.js';
import { readGrowth } from '../disk/growth-history.js';
import { spaceWarning, type Space } from '../disk/space-warning.js';
import type {
  Prerequisite,
  PrerequisiteFinding,
  PrerequisiteSubject,
} from './prerequisite.js';

const MIB = 1024 * 1024;

/** How long the index may take to tell (ms); nothing waits for it longer. */
const TOLD_MS = 1500;

/** Below this the index pauses (its `--min-free-mib`), so none is begun. */
export const LEAST_FREE_BYTES = 128 * MIB;

/** Space for the data. */
export const disk: Prerequisite = {
  id: 'disk',
  name: 'disk',
  check: async (subject) =>
    judgeDisk(
      await diskSpace(subject.dataPath),
      // A sample hardly grows.
      subject.options.sample ? null : await growthOf(subject)
    ),
};

async function growthOf({
  dataPath,
  ownApi,
  growthFile,
  signal,
}: PrerequisiteSubject): Promise<GrowthRate> {
  const told = await toldGrowth(ownApi, signal);
  return growthRate(await readGrowth(growthFile), dataPath, told);
}

/** What a running index has measured; null: it does not say, or not yet. */
async function toldGrowth(
  api: string | null,
  signal: AbortSignal
): Promise<number | null> {
  if (api === null) return null;
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TOLD_MS)]);
  try {
    return (await readHealth(api, stop)).growth?.bytesPerDay ?? null;
  } catch {
    signal.throwIfAborted();
    return null; // an index that does not answer is not the disk's business
  }
}

/** Judges the space left (null: the system does not say). Pure. */
export function judgeDisk(
  space: Space | null,
  growth: GrowthRate | null
): PrerequisiteFinding {
  if (space === null) {
    return { status: 'warn', detail: 'the system does not say what is free' };
  }
  const { freeBytes } = space;
  const free = `${formatBytes(freeBytes)} free`;
  if (freeBytes < LEAST_FREE_BYTES) {
    return {
      status: 'fail',
      detail: `${free}; the index pauses below ${formatBytes(LEAST_FREE_BYTES)}`,
      suggestion:
        'free some space, or keep the data on another disk: --data DIR',
    };
  }
  const days = growth === null ? null : daysToFull(freeBytes, growth);
  const detail =
    growth === null || days === null
      ? free
      : `${free}, full in ${daysText(days)} (${growth.because})`;
  // An assumption alone alarms nobody unless all of its range does.
  const sure = growth?.basis === 'assumed' ? days?.latest : days?.soonest;
  const warning = spaceWarning(space, sure ?? null);
  if (warning === null) return { status: 'good', detail };
  return {
    status: 'warn',
    detail: `${detail}; ${warning}`,
    suggestion:
      'plan for more space, or keep the data on another disk: --data DIR',
  };
}
