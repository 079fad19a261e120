/**
 * Which container a backup holds up at this moment: `held.json`. Whoever finds
 * it there, its writer being gone, lets the container go.
 */

import { rm } from 'node:fs/promises';
import { asIdentity } from '../../runtime/lock-content.js';
import {
  readStateFile,
  stateFields,
  stateText,
} from '../../runtime/state-file.js';
import {
  ownIdentity,
  presenceOf,
  writeStateFile,
  type ProcessIdentity,
} from '../../runtime/index.js';

/** How it is held up. */
export type Hold = 'paused' | 'stopped';

/** The content of `held.json`. */
export interface HeldRecord {
  readonly hold: Hold;
  readonly containerId: string;
  readonly process: ProcessIdentity;
}

const SCHEMA_VERSION = 1;

/** Writes that this process is about to hold a container up. */
export async function writeHeld(
  file: string,
  hold: Hold,
  containerId: string
): Promise<void> {
  const held: HeldRecord = { hold, containerId, process: ownIdentity() };
  await writeStateFile(file, stateText(SCHEMA_VERSION, held));
}

/** Removes it: the container goes on. */
export async function clearHeld(file: string): Promise<void> {
  await rm(file, { force: true });
}

/**
 * @returns null: nothing is held up, or whoever does is at it
 * @throws RuntimeError STATE_DAMAGED, STATE_UNREADABLE
 */
export async function readAbandoned(file: string): Promise<HeldRecord | null> {
  const held = await readStateFile(file, {
    parse: parseHeld,
    suggestion: `look whether a container is paused (docker ps), let it go on, then remove ${file}`,
  });
  return held !== null && presenceOf(held.process) === 'gone' ? held : null;
}

function parseHeld(text: string): HeldRecord | null {
  const { hold, containerId, process } =
    stateFields(text, SCHEMA_VERSION) ?? {};
  const identity = asIdentity(process);
  if (hold !== 'paused' && hold !== 'stopped') return null;
  if (typeof containerId !== 'string' || identity === null) return null;
  return { hold, containerId, process: identity };
}
