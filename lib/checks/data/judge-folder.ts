import { formatBytes } from '../../cli/index.js';
import type { Failed } from '../check.js';
import type { FolderFacts } from './folder-facts.js';

/** What the folder is held against. */
export interface FolderExpectation {
  /** What the running index says: its folder, resolved, and its data. */
  readonly told: { readonly realPath: string; readonly sample: boolean } | null;
  readonly minFreeBytes: number;
}

const SETUP = 'npx zx scripts/setup.ts';

/**
 * Whether a folder is there, ours, and the one the index works on, with space
 * left. Pure.
 *
 * @returns what is wrong; null when nothing is
 */
export function judgeFolder(
  facts: FolderFacts,
  { told, minFreeBytes }: FolderExpectation
): Failed | null {
  const { path, marker, store, freeBytes } = facts;
  switch (facts.kind) {
    case 'missing':
      return failed('its data folder is missing', {
        seen: `there is no ${path}`,
        expected: 'the folder that the index was started with',
        suggestion: `restore it from a backup, or begin anew: npx zx scripts/teardown.ts && ${SETUP}`,
      });
    case 'no-folder':
      return failed('its data folder is no folder', {
        seen: `${path} is something else`,
        expected: 'a folder',
        suggestion: `move it away, then: ${SETUP}`,
      });
    case 'folder':
  }
  if (marker === null || typeof marker === 'string') {
    return failed('its data folder is not ours', {
      seen: marker ?? `${path} has no constellation-embedded.json`,
      expected: 'the marker file that the index puts into its folder',
      suggestion: `put the right folder back to ${path}, then: ${SETUP}`,
    });
  }
  if (store === null) {
    return failed('its store is missing', {
      seen: `${path} has no index.mdb`,
      expected: 'the file that all links are in',
      suggestion: `restore it from a backup, then: ${SETUP}`,
    });
  }
  if (told !== null && told.realPath !== facts.realPath) {
    return failed('the index works on another folder', {
      seen: `GET /health says ${told.realPath}`,
      expected: facts.realPath,
      suggestion: `npx zx scripts/teardown.ts, then: ${SETUP}`,
    });
  }
  if (facts.openFile === 'other') {
    return failed('the folder was swapped under the index', {
      seen: `the index has another index.mdb open than the one in ${path}`,
      expected: 'the folder that it was started with, in its place',
      suggestion: `npx zx scripts/teardown.ts, put the right folder back to ${path}, then: ${SETUP}`,
    });
  }
  if (told !== null && told.sample !== marker.sample) {
    const name = (sample: boolean): string =>
      sample ? 'sample data' : 'the network';
    return failed('the folder holds other data than the index says', {
      seen: `its marker says ${name(marker.sample)}, GET /health ${name(told.sample)}`,
      expected: 'the same in both',
      suggestion: `npx zx scripts/teardown.ts, put the right folder back to ${path}, then: ${SETUP}`,
    });
  }
  if (freeBytes < minFreeBytes) {
    return failed('its disk is nearly full', {
      seen: `${formatBytes(freeBytes)} free for ${path}`,
      expected: `at least ${formatBytes(minFreeBytes)} (--min-free-mib)`,
      suggestion: `free some space: du -xh --max-depth=2 ${path}/.. | sort -h | tail`,
    });
  }
  return null;
}

function failed(
  message: string,
  rest: Omit<Failed, 'status' | 'message'>
): Failed {
  return { status: 'fail', message, ...rest };
}
