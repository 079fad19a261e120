/**
 * Which container a backup holds up at this moment: `held.json`. Whoever finds
 * it there, its writer being gone, lets the container go.
 */

import { readFile, rm } from 'node:fs/promises';
import { systemCode } from '../../errors/system-code.js';
import { asIdentity } from '../../runtime/lock-content.js';
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
  const content = {
    schemaVersion: SCHEMA_VERSION,
    hold,
    containerId,
    process: ownIdentity(),
  };
  await writeStateFile(file, `${JSON.stringify(content)}\n`);
}

/** Removes it: the container goes on. */
export async function clearHeld(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** @returns null: nothing is held up, or whoever does is at it */
export async function readAbandoned(file: string): Promise<HeldRecord | null> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
  if (typeof value !== 'object' || value === null) return null;
  const hold: unknown = Reflect.get(value, 'hold');
  const containerId: unknown = Reflect.get(value, 'containerId');
  const process = asIdentity(Reflect.get(value, 'process'));
  if (hold !== 'paused' && hold !== 'stopped') return null;
  if (typeof containerId !== 'string' || process === null) return null;
  return presenceOf(process) === 'gone' ? { hold, containerId, process } : null;
}
