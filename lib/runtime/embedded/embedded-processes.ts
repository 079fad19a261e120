/** Starts and stops the processes of the embedded runtime, and records them. */

import { rm } from 'node:fs/promises';
import { withoutCredentials } from '../../cli/index.js';
import { presenceOf } from '../process-identity.js';
import { projectVersion } from '../project-version.js';
import type { RuntimeActionOptions, RuntimeUrls } from '../runtime.js';
import { writeStateFile } from '../state-file.js';
import type { StateFolder } from '../state-folder.js';
import { waitForAnnouncement } from './announcement.js';
import { startDetached } from './detached-process.js';
import {
  bridgeCommand,
  indexCommand,
  simulatorCommand,
  type BridgeRedis,
  type EmbeddedPrograms,
  type ProcessCommand,
} from './embedded-command.js';
import {
  embeddedRecordText,
  type EmbeddedProcess,
  type EmbeddedRecord,
  type EmbeddedRole,
} from './embedded-record.js';
import { stopProcess } from './stop-process.js';

/** What a process is called in messages. */
export const ROLE_NAMES: Readonly<Record<EmbeddedRole, string>> = {
  index: 'the embedded index',
  simulator: 'the simulator',
  bridge: 'the bridge',
};

const ROLLBACK_MS = 15_000;

/** Writes the record, or removes it. */
export async function saveRecord(
  folder: StateFolder,
  record: EmbeddedRecord | null
): Promise<void> {
  if (record === null) await rm(folder.embedded, { force: true });
  else await writeStateFile(folder.embedded, embeddedRecordText(record));
}

/**
 * Starts simulator (with sample data), index and bridge. When one of them fails, or the
 * signal fires, what was started is stopped and the earlier record is back.
 *
 * @returns the record of what runs
 */
export async function startProcesses(
  folder: StateFolder,
  programs: EmbeddedPrograms,
  config: EmbeddedRecord['config'],
  earlier: EmbeddedRecord | null,
  options: RuntimeActionOptions & { readonly redis: BridgeRedis | null }
): Promise<EmbeddedRecord> {
  const { deadlineMs = 60_000, signal, onProgress, redis } = options;
  const version = projectVersion();
  let record: EmbeddedRecord = {
    phase: 'starting',
    version,
    config,
    urls: null,
    processes: [],
  };
  const logs: Partial<Record<EmbeddedRole, string>> = {
    index: folder.indexLog,
    bridge: folder.bridgeLog,
  };
  const start = async (
    role: EmbeddedRole,
    command: ProcessCommand,
    outFile: string
  ): Promise<EmbeddedProcess> => {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'start', text: `starting ${ROLE_NAMES[role]}` });
    const startedAt = new Date().toISOString();
    const identity = await startDetached(command, outFile);
    const process = { role, identity, startedAt };
    record = { ...record, processes: [...record.processes, process] };
    await saveRecord(folder, record);
    return process;
  };
  const waitFor = async <T>(
    { role, identity }: EmbeddedProcess,
    outFile: string,
    read: (line: unknown) => T | null
  ): Promise<T> => {
    onProgress?.({
      phase: 'wait',
      text: `waiting until ${ROLE_NAMES[role]} listens`,
    });
    return await waitForAnnouncement(identity, read, {
      name: ROLE_NAMES[role],
      outFile,
      logFile: logs[role],
      deadlineMs,
      signal,
    });
  };
  await saveRecord(folder, record);
  try {
    let stream: string | null = null;
    if (config.sample) {
      const command = simulatorCommand(programs.simulator);
      const out = folder.simulatorOut;
      const simulator = await start('simulator', command, out);
      stream = await waitFor(simulator, out, (line) => textField(line, 'url'));
    }
    const command = indexCommand(programs.index, config, folder, stream);
    const index = await start('index', command, folder.indexOut);
    let urls = await waitFor(index, folder.indexOut, readUrls);
    const wanted = config.bridge ?? null;
    if (wanted !== null) {
      const entry = programs.bridge;
      const command = bridgeCommand(
        entry,
        config,
        wanted,
        urls.api,
        folder,
        redis
      );
      const out = folder.bridgeOut;
      const bridge = await start('bridge', command, out);
      const url = await waitFor(bridge, out, (line) =>
        textField(line, 'bridge')
      );
      urls = { ...urls, bridge: reachableUrl(url) };
    }
    record = { ...record, phase: 'running', urls };
    await saveRecord(folder, record);
    return record;
  } catch (error) {
    for (const { role, identity } of record.processes.toReversed()) {
      // Started a moment ago by us, and its store survives it: force.
      await stopProcess(identity, {
        name: ROLE_NAMES[role],
        deadlineMs: ROLLBACK_MS,
        force: true,
      });
    }
    await saveRecord(folder, earlier);
    throw error;
  }
}

/**
 * Stops what is there of these processes, the index before its simulator.
 *
 * @throws RuntimeError STOP_TIMEOUT, ILLEGAL_CHANGE
 */
export async function stopProcesses(
  processes: readonly EmbeddedProcess[],
  options: RuntimeActionOptions & {
    readonly deadlineMs: number;
    readonly force: boolean;
  }
): Promise<void> {
  const { deadlineMs, force, signal, onProgress } = options;
  for (const { role, identity } of processes.toReversed()) {
    if (presenceOf(identity) === 'gone') continue;
    const name = ROLE_NAMES[role];
    onProgress?.({ phase: 'stop', text: `stopping ${name}` });
    await stopProcess(identity, {
      name,
      deadlineMs,
      force,
      signal,
      onWait: (elapsedMs) => {
        const seconds = Math.round(elapsedMs / 1000);
        const text = `${name} is committing what it has read (${seconds} s)`;
        onProgress?.({ phase: 'stop', text });
      },
    });
  }
}

function readUrls(line: unknown): RuntimeUrls | null {
  const api = textField(line, 'api');
  if (api === null) return null;
  const metrics = textField(line, 'metrics');
  return {
    api: reachableUrl(api),
    metrics: metrics === null ? null : reachableUrl(metrics),
  };
}

/** Any address of this machine is reached by its loopback one. */
export function reachableUrl(url: string): string {
  return withoutCredentials(url)
    .replace('//0.0.0.0:', '//127.0.0.1:')
    .replace('//[::]:', '//[::1]:');
}

function textField(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'string' ? field : null;
}
