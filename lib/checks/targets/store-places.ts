/**
 * Targets from the store of an embedded index on this machine. Its readers may
 * be in another process, so this needs neither the stream nor an API, and what
 * it counts is an opinion of its own on what the API answers.
 */

import { IndexReader } from '../../../microcosm-bridge/constellation-embedded/store/index-reader.js';
import { openStore } from '../../../microcosm-bridge/constellation-embedded/store/open-store.js';
import { readMarker } from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import {
  sourceOfSlotName,
  targetOfSlotName,
} from '../../../microcosm-bridge/constellation-embedded/store/values.js';
import { choosePlaces, type CountedPlace } from './choose-places.js';
import type { FoundPlace } from './target.js';

/** Names that are looked at: the oldest, which had most time to gather links. */
const SCANNED = 2000;

/** An open store; close it when nothing is recounted any more. */
export interface StorePlaces {
  readonly places: readonly FoundPlace[];
  readonly close: () => Promise<void>;
}

/**
 * Finds places in a data folder without changing anything in it.
 *
 * @returns null where the folder is no data folder of ours
 * @throws StoreError where it cannot be opened
 */
export function openStorePlaces(
  folder: string,
  count: number
): StorePlaces | null {
  if (readMarker(folder) === null) return null;
  const store = openStore(folder, { readOnly: true });
  const reader = new IndexReader(store);
  reader.refresh();
  const candidates: CountedPlace[] = [];
  for (const { value } of store.slots.getRange({ limit: SCANNED })) {
    const target = targetOfSlotName(value);
    const source = reader.sourceName(sourceOfSlotName(value));
    const slot = reader.slot(target, source);
    if (slot === null) continue;
    const recount = (): { records: number; dids: number } => {
      reader.refresh();
      const now = reader.slot(target, source);
      return { records: now?.records ?? 0, dids: now?.dids ?? 0 };
    };
    const { records, dids } = slot;
    candidates.push({ place: { target, ...source, recount }, records, dids });
  }
  return {
    places: choosePlaces(candidates, count),
    close: async () => {
      reader.release();
      await store.root.close();
    },
  };
}
