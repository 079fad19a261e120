/** What setup did, written down for teardown: `setup.json`, mode 0600. */

import { readFile } from 'node:fs/promises';
import { isCode } from '../env/atomic-write.js';
import { RuntimeError } from '../runtime/runtime-error.js';
import { writeStateFile } from '../runtime/state-file.js';
import { parseRecordedFile, type RecordedFile } from './recorded-file.js';

/** The data folder setup was told to use. */
export interface RecordedData {
  /** Absolute. */
  readonly path: string;
  /** Whether it was made by us; only then may teardown remove it. */
  readonly created: boolean;
}

/** The AppView that setup connected. */
export interface RecordedAppView {
  /** Its folder, absolute. */
  readonly folder: string;
  readonly env: RecordedFile;
}

/** The content of `setup.json`. */
export interface SetupRecord {
  /** When setup ended last, ISO 8601. */
  readonly setupAt: string;
  readonly runtime: 'embedded' | 'docker';
  /** Every data folder used so far; the last one is in use. */
  readonly data: readonly RecordedData[];
  /** `.env.constellation-local`; null where it was left alone. */
  readonly envFile: RecordedFile | null;
  /** Null where none was connected. */
  readonly appview: RecordedAppView | null;
}

const SCHEMA_VERSION = 1;

/** The text of `setup.json`. */
export function setupRecordText(record: SetupRecord): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...record }, null, 2)}\n`;
}

/** Writes `setup.json` in one step, readable by its owner alone. */
export async function writeSetupRecord(
  file: string,
  record: SetupRecord
): Promise<void> {
  await writeStateFile(file, setupRecordText(record));
}

/**
 * Reads `setup.json`.
 *
 * @returns null when there is none
 * @throws RuntimeError STATE_DAMAGED, STATE_UNREADABLE
 */
export async function readSetupRecord(
  file: string
): Promise<SetupRecord | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw new RuntimeError(`cannot read ${file}`, {
      code: 'STATE_UNREADABLE',
      cause: error,
      suggestion: `run this as the user that ran setup: ls -l ${file}`,
    });
  }
  const record = parseSetupRecord(text);
  if (record !== null) return record;
  throw new RuntimeError(`${file} is damaged or of another version`, {
    code: 'STATE_DAMAGED',
    suggestion: `look at it, then remove it and run setup again: ${file}`,
  });
}

/** @returns null when the text is no record of this version */
export function parseSetupRecord(text: string): SetupRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { schemaVersion, setupAt, runtime, data, envFile, appview } =
    value as Record<string, unknown>;
  if (schemaVersion !== SCHEMA_VERSION || typeof setupAt !== 'string') {
    return null;
  }
  if (runtime !== 'embedded' && runtime !== 'docker') return null;
  if (!Array.isArray(data)) return null;
  const folders = data.map(parseData).filter((folder) => folder !== null);
  if (folders.length !== data.length) return null;
  const file = envFile === null ? null : parseRecordedFile(envFile);
  if (file === null && envFile !== null) return null;
  const connected = appview === null ? null : parseAppView(appview);
  if (connected === null && appview !== null) return null;
  return { setupAt, runtime, data: folders, envFile: file, appview: connected };
}

function parseData(value: unknown): RecordedData | null {
  if (typeof value !== 'object' || value === null) return null;
  const { path, created } = value as Record<string, unknown>;
  if (typeof path !== 'string' || typeof created !== 'boolean') return null;
  return { path, created };
}

function parseAppView(value: unknown): RecordedAppView | null {
  if (typeof value !== 'object' || value === null) return null;
  const { folder, env } = value as Record<string, unknown>;
  const parsed = parseRecordedFile(env);
  if (typeof folder !== 'string' || parsed === null) return null;
  return { folder, env: parsed };
}
