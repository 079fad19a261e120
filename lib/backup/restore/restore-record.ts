/** What was restored last, and whether it came to an end: `restore.json`. */

import { readFile } from 'node:fs/promises';
import { isCode } from '../../env/atomic-write.js';
import { writeStateFile } from '../../runtime/index.js';
import type { RestoreGap } from './restore-checks.js';

/** The content of `restore.json`. */
export interface RestoreRecord {
  readonly phase: 'swapping' | 'done';
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
  const content = { schemaVersion: SCHEMA_VERSION, ...record };
  await writeStateFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** @returns null when there is none, or it is damaged */
export async function readRestoreRecord(
  file: string
): Promise<RestoreRecord | null> {
  try {
    return parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (isCode(error, 'ENOENT') || error instanceof SyntaxError) return null;
    throw error;
  }
}

function parse(value: unknown): RestoreRecord | null {
  if (typeof value !== 'object' || value === null) return null;
  const { schemaVersion, phase, backupId, at, dataPath, keptPath } =
    value as Record<string, unknown>;
  const { wasRunning, gap } = value as Record<string, unknown>;
  if (schemaVersion !== SCHEMA_VERSION) return null;
  if (phase !== 'swapping' && phase !== 'done') return null;
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
  if (typeof value !== 'object' || value === null) return null;
  const { from, to } = value as Record<string, unknown>;
  return typeof from === 'string' && typeof to === 'string'
    ? { from, to }
    : null;
}
