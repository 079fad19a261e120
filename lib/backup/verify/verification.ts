/** What was found out about a backup later: `verified.json` in its folder. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../../env/atomic-write.js';
import { systemCode } from '../../errors/system-code.js';
import { stateFields, stateText } from '../../runtime/state-file.js';

/** How closely it was looked at: its sums, or opened and counted too. */
export type VerifyLevel = 'quick' | 'full';

/** What came of it. */
export interface Verification {
  /** ISO 8601. */
  readonly at: string;
  readonly level: VerifyLevel;
  /** Null: all is as it was written. */
  readonly problem: string | null;
}

const FILE = 'verified.json';
const SCHEMA_VERSION = 1;

/** Writes what was found out. */
export async function writeVerification(
  backup: string,
  verification: Verification
): Promise<void> {
  const text = stateText(SCHEMA_VERSION, verification);
  await writeAtomically(path.join(backup, FILE), text, { mode: 0o600 });
}

/** @returns null when it was never looked at, or the file is damaged */
export async function readVerification(
  backup: string
): Promise<Verification | null> {
  try {
    return parse(await readFile(path.join(backup, FILE), 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function parse(text: string): Verification | null {
  const fields = stateFields(text, SCHEMA_VERSION);
  if (fields === null) return null;
  const { at, level, problem } = fields;
  if (typeof at !== 'string') return null;
  if (level !== 'quick' && level !== 'full') return null;
  if (problem !== null && typeof problem !== 'string') return null;
  return { at, level, problem };
}
