import {
  readMarker,
  STORE_FORMAT,
} from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import {
  openStore,
  readState,
} from '../../../microcosm-bridge/constellation-embedded/store/open-store.js';
import { openStorePlaces } from '../../checks/targets/store-places.js';
import { projectVersion } from '../../runtime/index.js';
import { BackupError } from '../backup-error.js';
import type { IndexFacts, Sentinel } from '../manifest/manifest.js';
import type { SnapshotFacts } from '../snapshotter.js';

/** Places whose counts are noted. */
const SENTINELS = 20;

/**
 * Reads what an embedded data folder holds; for one that nobody writes to.
 *
 * @throws BackupError SNAPSHOT_FAILED, StoreError where it cannot be opened
 */
export async function readStoreFacts(folder: string): Promise<SnapshotFacts> {
  const marker = readMarker(folder);
  if (marker === null) {
    throw new BackupError(`${folder} is no data folder`, {
      code: 'SNAPSHOT_FAILED',
    });
  }
  return {
    server: {
      kind: 'embedded',
      version: projectVersion(),
      image: null,
      imageDigest: null,
      storeFormat: Math.min(marker.format, STORE_FORMAT),
    },
    sample: marker.sample,
    index: await readIndexFacts(folder),
    sentinels: await readSentinels(folder),
  };
}

async function readIndexFacts(folder: string): Promise<IndexFacts> {
  const store = openStore(folder, { readOnly: true });
  try {
    const state = readState(store, 0);
    return {
      cursorUs: state.cursor,
      endpoint: state.endpoint,
      startedAt: isoOfMicros(state.startedAt),
      completeSince:
        state.completeSince === null ? null : isoOfMicros(state.completeSince),
      dids: state.nextDid - 1,
      targetables: state.nextSlot - 1,
      linkingRecords: state.linkingRecords,
    };
  } finally {
    await store.root.close();
  }
}

async function readSentinels(folder: string): Promise<readonly Sentinel[]> {
  const store = openStorePlaces(folder, SENTINELS);
  if (store === null) return [];
  try {
    return store.places.flatMap(({ target, collection, path, recount }) => {
      const counts = recount?.() ?? null;
      return counts === null ? [] : [{ target, collection, path, ...counts }];
    });
  } finally {
    await store.close();
  }
}

function isoOfMicros(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
