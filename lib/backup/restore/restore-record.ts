/** What was restored last, and whether it came to an end: `restore.json`. */

import { readFile } from 'node:fs/promises';
import {
  asFields,
  stateFields,
  stateText,
  writeStateFile,
} from '../../runtime/state-file.js';
import type { RestoreGap } from './restore-checks.js';
import { systemCode } from '../../errors/system-code.js';

/** The content of `restore.json`. */
export interface RestoreRecord {
  /**
   * `swapping`: the index may be stopped, the data is the old or the new;
   * `starting`: it is the new.
   */
  readonly phase: 'swapping' | 'starting' | 'done';
  readonly backupId: string;
  /** When it was begun, ISO 8601. */
  readonly at: string;
  readonly dataPath: string;
  /** Where the data from before is kept; null: there was none. */
  readonly keptPath: string | null;
  /** Whether the index ran, and so is to run again. */
  readonly wasRunning: boolean;
  /** What the index misses since; null: nothing, or it is not known yet. */
  readonly gap: RestoreGap | null;
}

const SCHEMA_VERSION = 1;

/** Writes it in one step. */
export async function writeRestoreRecord(
  file: string,
  record: RestoreRecord
): Promise<void> {
  await writeStateFile(file, stateText(SCHEMA_VERSION, record));
}

/** @returns null when there is none, or it is damaged */
export async function readRestoreRecord(
  file: string
): Promise<RestoreRecord | null> {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function parse(text: string): RestoreRecord | null {
  const fields = stateFields(text, SCHEMA_VERSION);
  if (fields === null) return null;
  const { phase, backupId, at, dataPath, keptPath, wasRunning, gap } = fields;
  if (phase !== 'swapping' && phase !== 'starting' && phase !== 'done') {
    return null;
  }
  if (typeof backupId !== 'string' || typeof at !== 'string') return null;
  if (typeof dataPath !== 'string' || typeof wasRunning !== 'boolean') {
    return null;
  }
  if (keptPath !== null && typeof keptPath !== 'string') return null;
  return {
    phase,
    backupId,
    at,
    dataPath,
    keptPath,
    wasRunning,
    gap: parseGap(gap),
  };
}

function parseGap(value: unknown): RestoreGap | null {
  const { from, to } = asFields(value) ?? {};
  return typeof from === 'string' && typeof to === 'string'
    ? { from, to }
    : null;
}
