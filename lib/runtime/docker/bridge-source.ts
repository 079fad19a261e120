/** What the bridge's image is built from, and whether that has changed since. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../../errors/system-code.js';
import { PROJECT_FOLDER } from '../state-folder.js';

/** The label that says it, and the argument of a build that sets it. */
export const SOURCE_LABEL = 'constellation-local.source';
export const SOURCE_ARGUMENT = 'CONSTELLATION_LOCAL_SOURCE';

const FOLDER = path.join(
  PROJECT_FOLDER,
  'microcosm-bridge/constellation-client'
);

/** The program that goes into the image, made by `npm ci`. */
export const BRIDGE_PROGRAM = path.join(FOLDER, 'dist/bridge.mjs');

/**
 * A digest of all that is copied into the image and of its base's name.
 *
 * @param folder with the Dockerfile and `dist/`
 * @returns null where there is nothing to build it from
 */
export async function bridgeSource(
  nodeImage: string,
  folder: string = FOLDER
): Promise<string | null> {
  try {
    const dist = (await readdir(path.join(folder, 'dist'))).sort();
    const hash = createHash('sha256').update(nodeImage);
    for (const name of ['Dockerfile', ...dist.map((one) => `dist/${one}`)]) {
      hash.update(`\0${name}\0`);
      hash.update(await readFile(path.join(folder, name)));
    }
    return hash.digest('hex');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
