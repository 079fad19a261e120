import { readMarker } from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { readHealth } from '../../health/index.js';
import { folderSize, diskSpace, isDiskFull } from '../disk-usage.js';
import { assertPortFree } from '../port-check.js';
import { presenceOf } from '../process-identity.js';
import { RuntimeError } from '../runtime-error.js';
import { assertChange, type RuntimeState } from '../runtime-state.js';
import type {
  DataLocation,
  LogOptions,
  Runtime,
  RuntimeActionOptions,
  RuntimeConfig,
  RuntimePlan,
  RuntimeStatus,
  RuntimeUrls,
  StopOptions,
} from '../runtime.js';
import type { StateFolder } from '../state-folder.js';
import { assertDataFree } from './data-in-use.js';
import {
  EMBEDDED_PROGRAMS,
  type BridgeRedis,
  type EmbeddedPrograms,
} from './embedded-command.js';
import {
  readEmbeddedRecord,
  stateOf,
  type EmbeddedRecord,
} from './embedded-record.js';
import { endedParts, planStart } from './embedded-plan.js';
import {
  saveRecord,
  startProcesses,
  stopProcesses,
} from './embedded-processes.js';
import { describeState } from './describe-state.js';
import { isSealOf, sealOf } from './secret-seal.js';
import { lastLines, lastLogLines } from './text-tail.js';

/** What the embedded runtime works with. */
export interface EmbeddedRuntimeOptions {
  readonly folder: StateFolder;
  /** The programs (default: the real ones). */
  readonly programs?: EmbeddedPrograms | undefined;
  /** Where a bridge that is started keeps its cache (default: in memory). */
  readonly redis?: BridgeRedis | null | undefined;
}

/** Longer than the index itself takes before it leaves a thread behind. */
const STOP_MS = 35_000;

/** The index as a process of ours, in a session of its own. */
export class EmbeddedRuntime implements Runtime {
  readonly kind = 'embedded';
  readonly #folder: StateFolder;
  readonly #programs: EmbeddedPrograms;
  readonly #redis: BridgeRedis | null;

  constructor(options: EmbeddedRuntimeOptions) {
    this.#folder = options.folder;
    this.#programs = options.programs ?? EMBEDDED_PROGRAMS;
    this.#redis = options.redis ?? null;
  }

  async plan(config: RuntimeConfig): Promise<RuntimePlan> {
    const { record, state } = await this.#look();
    const wanted = this.#complete(config, record);
    if (state === 'unknown') throw this.#unseen(record);
    return planStart(state, record, wanted);
  }

  async start(
    config: RuntimeConfig,
    options: RuntimeActionOptions = {}
  ): Promise<RuntimeStatus> {
    const { record, state } = await this.#look();
    const wanted = this.#complete(config, record);
    const plan = await this.plan(config);
    if (plan.change === 'none') return await this.status();
    if (plan.change === 'restart') {
      throw new RuntimeError(
        `it runs already, but ${plan.reasons.join(', ')}`,
        {
          code: 'ILLEGAL_CHANGE',
          suggestion: 'stop it first: npx zx scripts/teardown.ts',
        }
      );
    }
    assertChange(state, 'starting');
    await stopProcesses(record?.processes ?? [], {
      ...options,
      deadlineMs: STOP_MS,
      force: false,
    });
    await assertPortFree(wanted.bind, wanted.port, '--port');
    if (wanted.metricsPort !== null) {
      const { bind, metricsPort } = wanted;
      await assertPortFree(bind, metricsPort, '--metrics-port');
    }
    const bridgePort = wanted.bridge?.port ?? 0;
    if (bridgePort !== 0) {
      await assertPortFree(wanted.bind, bridgePort, '--bridge-port');
    }
    await assertDataFree(wanted.dataPath);
    const folder = this.#folder;
    await startProcesses(folder, this.#programs, wanted, record, {
      ...options,
      redis: this.#redisFor(wanted),
    });
    return await this.status();
  }

  async stop(options: StopOptions = {}): Promise<RuntimeStatus> {
    const { record, state } = await this.#look();
    if (record === null || state === 'stopped') return await this.status();
    if (state === 'unknown') throw this.#unseen(record);
    await this.#noteStop({ ...record, phase: 'stopping' });
    await stopProcesses(record.processes, {
      ...options,
      deadlineMs: options.deadlineMs ?? STOP_MS,
      force: options.force ?? false,
    });
    await this.#noteStop({ ...record, phase: 'stopped', processes: [] });
    return await this.status();
  }

  async status(): Promise<RuntimeStatus> {
    const { record, state } = await this.#look();
    return {
      kind: this.kind,
      state,
      detail: describeState(state, record, endedParts(record)),
      parts: (record?.processes ?? []).map(({ role, identity, startedAt }) => {
        const presence = presenceOf(identity);
        return {
          name: role,
          id: String(identity.pid),
          state: presence === 'alive' ? 'up' : presence,
          startedAt,
        };
      }),
      urls: record?.urls ?? null,
      config: record?.config ?? null,
      version: record?.version ?? null,
    };
  }

  async logs(options: LogOptions = {}): Promise<readonly string[]> {
    const { lines = 200, sinceStart = false } = options;
    const { record } = await this.#look();
    const startedAt = record?.processes.find(
      ({ role }) => role === 'index'
    )?.startedAt;
    const since = sinceStart ? startedAt : undefined;
    const log = await lastLogLines(this.#folder.indexLog, lines, since);
    // What a crash said where no log could be written any more.
    const said = (await lastLines(this.#folder.indexOut, lines)) ?? [];
    const crash = said.filter((line) => line !== '' && !line.startsWith('{'));
    return [...log, ...crash].slice(-lines);
  }

  async data(config?: RuntimeConfig): Promise<DataLocation> {
    const { record } = await this.#look();
    const known =
      config === undefined ? record?.config : this.#complete(config, record);
    const name = known?.dataPath ?? this.#folder.data;
    const sizeBytes = await folderSize(name);
    const space = await diskSpace(name);
    return {
      kind: 'folder',
      name,
      exists: sizeBytes !== null,
      sizeBytes,
      freeBytes: space?.freeBytes ?? null,
      diskBytes: space?.totalBytes ?? null,
      sample: markedSample(name) ?? known?.sample ?? false,
    };
  }

  async urls(): Promise<RuntimeUrls | null> {
    return (await this.#look()).record?.urls ?? null;
  }

  async completeSince(signal?: AbortSignal): Promise<Date | null> {
    const { record, state } = await this.#look();
    const api = record?.urls?.api;
    if (api === undefined || state === 'stopped') return null;
    try {
      const { completeSince } = await readHealth(api, signal);
      return completeSince === null ? null : new Date(completeSince);
    } catch {
      signal?.throwIfAborted();
      return null;
    }
  }

  async #look(): Promise<{
    readonly record: EmbeddedRecord | null;
    readonly state: RuntimeState;
  }> {
    const record = await readEmbeddedRecord(this.#folder.embedded);
    const state = stateOf(record, ({ identity }) => presenceOf(identity));
    return { record, state };
  }

  /** On a full disk it has to be stopped all the same. */
  async #noteStop(record: EmbeddedRecord): Promise<void> {
    try {
      await saveRecord(this.#folder, record);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  /**
   * Sample data has a folder of its own, so that the two are never mixed; what
   * is written down of a Redis is where this runtime has one.
   */
  #complete(
    config: RuntimeConfig,
    record: EmbeddedRecord | null
  ): EmbeddedRecord['config'] {
    const { data, sampleData } = this.#folder;
    const dataPath = config.dataPath ?? (config.sample ? sampleData : data);
    const bridge = config.bridge ?? null;
    if (bridge === null) return { ...config, dataPath };
    const redis = this.#redisFor(config);
    if (redis === null) {
      const told = { ...bridge, redis: null, redisSeal: null };
      return { ...config, dataPath, bridge: told };
    }
    const seal = record?.config.bridge?.redisSeal ?? '';
    const redisSeal = isSealOf(seal, redis.url) ? seal : sealOf(redis.url);
    const told = { ...bridge, redis: redis.place, redisSeal };
    return { ...config, dataPath, bridge: told };
  }

  /** Invented numbers must not get into a cache that an AppView reads. */
  #redisFor({ sample }: RuntimeConfig): BridgeRedis | null {
    return sample ? null : this.#redis;
  }

  #unseen(record: EmbeddedRecord | null): RuntimeError {
    return new RuntimeError(describeState('unknown', record), {
      code: 'ILLEGAL_CHANGE',
      suggestion: 'do this where it was started, or use another state folder',
    });
  }
}

/** What the data folder itself says; null when it says nothing. */
function markedSample(dataPath: string): boolean | null {
  try {
    return readMarker(dataPath)?.sample ?? null;
  } catch {
    return null;
  }
}
