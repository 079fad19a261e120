import { realpath } from 'node:fs/promises';
import { formatBytes } from '../../cli/index.js';
import {
  readHealth,
  type HealthDocument,
  type HealthGrowth,
} from '../../health/index.js';
import type { DataLocation } from '../../runtime/runtime.js';
import { measuredGrowth } from '../../setup/disk/growth.js';
import type { Check, CheckOutcome } from '../check.js';
import type { CheckContext } from '../check-context.js';
import { indexPid } from '../index-pid.js';
import { lookAtFolder, lookAtStore, type FolderFacts } from './folder-facts.js';
import { judgeFolder } from './judge-folder.js';
import { withDaysToFull, withSpace } from './disk-outlook.js';
import { volumeOutcome } from './volume-outcome.js';

/** 5: the data are where they should be, are written, and have space. */
export const dataCheck: Check<CheckContext> = {
  id: 'data',
  name: 'Data folder',
  needs: [],
  run: async (context, signal) => {
    const { limits, runtime, status } = context;
    const told = await context.identity();
    const seen = await status();
    if (seen?.state === 'absent') {
      return { status: 'skip', message: 'it was never started here' };
    }
    const place = await runtime?.data();
    if (place?.kind === 'volume') {
      return volumeOutcome(place, await volumeGrowth(context, place), limits);
    }
    const folder = place?.name ?? told?.dataPath;
    if (folder === undefined) {
      return {
        status: 'skip',
        message: 'the index does not say where its data are',
        suggestion: 'name its state folder with --state',
      };
    }
    const facts = await lookAtFolder(folder, indexPid(seen));
    if (facts.kind === 'missing' && runtime === null) {
      return {
        status: 'skip',
        message: `${folder} is on another machine`,
        suggestion: 'run this where the index runs',
      };
    }
    const realTold =
      told === null
        ? null
        : {
            realPath: await realpath(told.dataPath).catch(() => told.dataPath),
            sample: told.sample,
          };
    const { minFreeBytes } = limits;
    const wrong = judgeFolder(facts, { told: realTold, minFreeBytes });
    if (wrong !== null) return { ...wrong, facts: shown(facts) };
    const outcome =
      told === null
        ? passed(facts, 'nobody writes to it: the index does not answer')
        : await watchGrowth(context, facts, signal);
    return withSpace(
      withDaysToFull(outcome, told?.growth ?? null),
      { freeBytes: facts.freeBytes, totalBytes: facts.diskBytes },
      told?.growth?.daysToFull ?? null
    );
  },
};

const POLL_MS = 250;
/** Without an event for so long it is idle (ms). */
const IDLE_MS = 1500;

/** Where events are indexed, the file must change. */
async function watchGrowth(
  { api, clock, limits }: CheckContext,
  facts: FolderFacts,
  signal: AbortSignal
): Promise<CheckOutcome> {
  const { path, store: before } = facts;
  const startedMs = clock.nowMs();
  let first: HealthDocument | null = null;
  for (;;) {
    const health = await readHealth(api.baseUrl, signal);
    first ??= health;
    const now = await lookAtStore(path);
    const events = health.eventsTotal - first.eventsTotal;
    const watchedMs = clock.nowMs() - startedMs;
    const hasChanged =
      now !== null &&
      (now.changedMs !== before?.changedMs ||
        now.sizeBytes !== before.sizeBytes);
    if (events > 0 && hasChanged) {
      const grown = { ...facts, store: now };
      return passed(grown, `growing: ${events} events came in while looking`);
    }
    if (events === 0 && watchedMs >= IDLE_MS) return passed(facts, 'idle');
    if (watchedMs >= limits.movementMs) {
      return {
        status: 'fail',
        message: 'the index says that it indexes, but nothing is written here',
        seen: `${events} more events in ${Math.round(watchedMs)} ms, and the same index.mdb in ${path}`,
        expected: 'a file that changes with every batch',
        suggestion: 'npx zx scripts/test.ts --only logs',
        facts: shown(facts),
      };
    }
    await clock.sleep(POLL_MS, signal);
  }
}

function passed(facts: FolderFacts, state: string): CheckOutcome {
  const size = formatBytes(facts.store?.sizeBytes ?? 0);
  return {
    status: 'pass',
    message: `${facts.path}: ${size}, ${state}; ${formatBytes(facts.freeBytes)} free`,
    facts: shown(facts),
  };
}

function shown(
  facts: FolderFacts
): Readonly<Record<string, string | number | boolean | null>> {
  const { path, store, freeBytes, openFile } = facts;
  return { path, sizeBytes: store?.sizeBytes ?? null, freeBytes, openFile };
}

/** As the index in the container says, else as the history does. */
async function volumeGrowth(
  { identity, growth }: CheckContext,
  place: DataLocation
): Promise<HealthGrowth | null> {
  const rate = await growth(place);
  const told = (await identity())?.growth ?? null;
  return told ?? measuredGrowth(place, rate);
}
