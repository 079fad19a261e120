/** What setup did, written down for teardown: `setup.json`, mode 0600. */

import {
  asFields,
  readStateFile,
  stateFields,
  stateText,
  writeStateFile,
} from '../runtime/state-file.js';
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
  return stateText(SCHEMA_VERSION, record);
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
  return await readStateFile(file, {
    parse: parseSetupRecord,
    suggestion: `look at it, then remove it and run setup again: ${file}`,
  });
}

/** @returns null when the text is no record of this version */
export function parseSetupRecord(text: string): SetupRecord | null {
  const fields = stateFields(text, SCHEMA_VERSION);
  if (fields === null) return null;
  const { setupAt, runtime, data, envFile, appview } = fields;
  if (typeof setupAt !== 'string') return null;
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
  const { path, created } = asFields(value) ?? {};
  if (typeof path !== 'string' || typeof created !== 'boolean') return null;
  return { path, created };
}

function parseAppView(value: unknown): RecordedAppView | null {
  const { folder, env } = asFields(value) ?? {};
  const parsed = parseRecordedFile(env);
  if (typeof folder !== 'string' || parsed === null) return null;
  return { folder, env: parsed };
}
