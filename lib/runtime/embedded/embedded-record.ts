/** What is written down about the processes of the embedded runtime. */

import { asIdentity } from '../lock-content.js';
import type { ProcessIdentity, ProcessPresence } from '../process-identity.js';
import type { RuntimeConfig, RuntimeUrls } from '../runtime.js';
import type { RuntimeState } from '../runtime-state.js';
import {
  asFields,
  readStateFile,
  stateFields,
  stateText,
} from '../state-file.js';
import { parseConfig } from './parse-config.js';

/** What a process is for. */
export type EmbeddedRole = 'index' | 'simulator' | 'bridge';

/** One process as it was started. */
export interface EmbeddedProcess {
  readonly role: EmbeddedRole;
  readonly identity: ProcessIdentity;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** What was asked for last. */
export type EmbeddedPhase = 'starting' | 'running' | 'stopping' | 'stopped';

/** The content of `embedded.json`. */
export interface EmbeddedRecord {
  readonly phase: EmbeddedPhase;
  readonly version: string;
  /** As asked for; a port may be 0. */
  readonly config: RuntimeConfig & { readonly dataPath: string };
  /** As announced by the index; null while it starts. */
  readonly urls: RuntimeUrls | null;
  readonly processes: readonly EmbeddedProcess[];
}

const SCHEMA_VERSION = 1;

/** The text of `embedded.json`. */
export function embeddedRecordText(record: EmbeddedRecord): string {
  return stateText(SCHEMA_VERSION, record);
}

/**
 * Reads `embedded.json`.
 *
 * @returns null when there is none
 * @throws RuntimeError STATE_DAMAGED, STATE_UNREADABLE
 */
export async function readEmbeddedRecord(
  file: string
): Promise<EmbeddedRecord | null> {
  return await readStateFile(file, {
    parse: parseEmbeddedRecord,
    suggestion: `stop a running index by its pid, then remove ${file}`,
  });
}

/** @returns null when the text is no record of this version */
export function parseEmbeddedRecord(text: string): EmbeddedRecord | null {
  const fields = stateFields(text, SCHEMA_VERSION);
  if (fields === null) return null;
  const { phase, version, config, urls, processes } = fields;
  if (typeof version !== 'string') return null;
  if (!isPhase(phase) || !Array.isArray(processes)) return null;
  const parsedConfig = parseConfig(config);
  const dataPath = parsedConfig?.dataPath ?? null;
  const parsedProcesses = processes.map(parseProcess);
  if (parsedConfig === null || dataPath === null) return null;
  const known = parsedProcesses.filter((process) => process !== null);
  if (known.length !== parsedProcesses.length) return null;
  return {
    phase,
    version,
    config: { ...parsedConfig, dataPath },
    urls: parseUrls(urls),
    processes: known,
  };
}

/** What the record and the processes that are there come to. Pure. */
export function stateOf(
  record: EmbeddedRecord | null,
  presence: (process: EmbeddedProcess) => ProcessPresence
): RuntimeState {
  if (record === null) return 'absent';
  const { phase, processes } = record;
  const seen = processes.map(
    (process) => [process.role, presence(process)] as const
  );
  if (phase === 'stopped' && seen.every(([, state]) => state !== 'alive')) {
    return 'stopped';
  }
  if (seen.some(([, state]) => state === 'unknown')) return 'unknown';
  const has = (role: EmbeddedRole, state: ProcessPresence): boolean =>
    seen.some((one) => one[0] === role && one[1] === state);
  if (!has('index', 'alive')) {
    if (phase === 'stopping') return 'stopped';
    // The simulator comes first.
    const isBeginning = phase === 'starting' && has('simulator', 'alive');
    return isBeginning && !has('index', 'gone') ? 'starting' : 'failed';
  }
  if (phase === 'starting' || phase === 'stopping') return phase;
  const isWhole = !has('simulator', 'gone') && !has('bridge', 'gone');
  return isWhole ? 'running' : 'degraded';
}

function parseProcess(value: unknown): EmbeddedProcess | null {
  const { role, identity, startedAt } = asFields(value) ?? {};
  const parsed = asIdentity(identity);
  if (!isRole(role)) return null;
  if (parsed === null || typeof startedAt !== 'string') return null;
  return { role, identity: parsed, startedAt };
}

function parseUrls(value: unknown): RuntimeUrls | null {
  const { api, metrics, bridge } = asFields(value) ?? {};
  if (typeof api !== 'string') return null;
  return {
    api,
    metrics: typeof metrics === 'string' ? metrics : null,
    ...(typeof bridge === 'string' ? { bridge } : {}),
  };
}

function isRole(value: unknown): value is EmbeddedRole {
  return value === 'index' || value === 'simulator' || value === 'bridge';
}

function isPhase(value: unknown): value is EmbeddedPhase {
  return (
    value === 'starting' ||
    value === 'running' ||
    value === 'stopping' ||
    value === 'stopped'
  );
}
