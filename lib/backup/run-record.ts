/**
 * What the last run came to: `backup.json` in the state folder. `status`, the
 * checks and the index's metrics read it, so that a scheduled backup that fails
 * is seen where people look.
 */

import { readFile } from 'node:fs/promises';
import {
  ownIdentity,
  presenceOf,
  writeStateFile,
  type ProcessIdentity,
} from '../runtime/index.js';
import { asIdentity } from '../runtime/lock-content.js';
import { asFields, stateFields, stateText } from '../runtime/state-file.js';
import { systemCode } from '../errors/system-code.js';

/** How a run ended; `running` until it does. */
export type RunOutcome = 'running' | 'good' | 'unverified' | 'failed';

/** One run of `create`. */
export interface BackupRun {
  readonly outcome: RunOutcome;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Null while it runs. */
  readonly endedAt: string | null;
  /** What was wrong; null: nothing. */
  readonly problem: string | null;
  readonly process: ProcessIdentity | null;
}

/** The newest backup that was verified. */
export interface GoodBackup {
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly storedBytes: number;
}

/** The content of `backup.json`. */
export interface BackupState {
  /** Where backups go, absolute. */
  readonly folder: string;
  readonly lastRun: BackupRun | null;
  readonly newestGood: GoodBackup | null;
  /** How often one is to be made (hours); null: nobody has said. */
  readonly everyHours: number | null;
}

const SCHEMA_VERSION = 1;

/** A run that begins now, in this process. */
export function runBegun(now: Date): BackupRun {
  return {
    outcome: 'running',
    startedAt: now.toISOString(),
    endedAt: null,
    problem: null,
    process: ownIdentity(),
  };
}

/** A run as it is: one whose process is gone was killed. */
export function runNow(run: BackupRun): BackupRun {
  if (run.outcome !== 'running' || run.process === null) return run;
  if (presenceOf(run.process) !== 'gone') return run;
  const problem = 'it was killed, or the machine went down';
  return { ...run, outcome: 'failed', problem };
}

/** Writes it in one step. */
export async function writeBackupState(
  file: string,
  state: BackupState
): Promise<void> {
  await writeStateFile(file, stateText(SCHEMA_VERSION, state));
}

/** @returns null when there is none, or it is damaged */
export async function readBackupState(
  file: string
): Promise<BackupState | null> {
  try {
    return parseBackupState(await readFile(file, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @returns null when the text is no record of this version. Pure */
export function parseBackupState(text: string): BackupState | null {
  const fields = stateFields(text, SCHEMA_VERSION);
  if (fields === null) return null;
  const { folder, lastRun, newestGood, everyHours } = fields;
  if (typeof folder !== 'string') return null;
  return {
    folder,
    lastRun: parseRun(lastRun),
    newestGood: parseGood(newestGood),
    everyHours: typeof everyHours === 'number' ? everyHours : null,
  };
}

function parseRun(value: unknown): BackupRun | null {
  const { outcome, startedAt, endedAt, problem, process } =
    asFields(value) ?? {};
  if (!isOutcome(outcome) || typeof startedAt !== 'string') return null;
  return {
    outcome,
    startedAt,
    endedAt: typeof endedAt === 'string' ? endedAt : null,
    problem: typeof problem === 'string' ? problem : null,
    process: asIdentity(process),
  };
}

function parseGood(value: unknown): GoodBackup | null {
  const { id, createdAt, storedBytes } = asFields(value) ?? {};
  if (typeof id !== 'string' || typeof createdAt !== 'string') return null;
  if (typeof storedBytes !== 'number') return null;
  return { id, createdAt, storedBytes };
}

function isOutcome(value: unknown): value is RunOutcome {
  return (
    value === 'running' ||
    value === 'good' ||
    value === 'unverified' ||
    value === 'failed'
  );
}
