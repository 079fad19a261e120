import { inspectDataFolder } from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import {
  freshProbe,
  readHealth,
  readyProbe,
  waitFor,
  type HealthDocument,
  type WaitOptions,
} from '../../health/index.js';
import { deathOf } from '../../runtime/death.js';
import { diskSpace, folderSize } from '../../runtime/disk-usage.js';
import { assertDataFree } from '../../runtime/embedded/data-in-use.js';
import { hostPort } from '../../runtime/embedded/embedded-command.js';
import { EmbeddedRuntime } from '../../runtime/embedded/embedded-runtime.js';
import type { Runtime, RuntimeConfig } from '../../runtime/runtime.js';
import { reachableUrl } from '../../runtime/embedded/embedded-processes.js';
import type { StateFolder } from '../../runtime/state-folder.js';
import { EnvFileSwitch } from '../appview/env-file-switch.js';
import type {
  FoundData,
  FoundHealth,
  SetupRuntime,
  SetupRuntimeKind,
  WaitLimits,
} from './setup-runtime.js';

/** Between two looks at an index that is starting (ms). */
const POLL_MS = 100;

/** The embedded index: needs nothing but the Node that runs this. */
export const EMBEDDED_SETUP: SetupRuntimeKind = {
  kind: 'embedded',
  title: 'the embedded index',
  takesSample: true,
  prerequisites: [],
  open: (options) =>
    new EmbeddedSetup(new EmbeddedRuntime(options), options.folder),
};

class EmbeddedSetup implements SetupRuntime {
  readonly runtime: Runtime;
  readonly appview = new EnvFileSwitch();
  readonly #folder: StateFolder;

  constructor(runtime: Runtime, folder: StateFolder) {
    this.runtime = runtime;
    this.#folder = folder;
  }

  apiUrl({ bind, port }: RuntimeConfig): string {
    return reachableUrl(`http://${hostPort(bind, port)}`);
  }

  async findData(dataPath: string | null, sample: boolean): Promise<FoundData> {
    const { data, sampleData } = this.#folder;
    const name = dataPath ?? (sample ? sampleData : data);
    const found = inspectDataFolder(name, sample);
    const isOurs = await this.#runsOn(name);
    if (!isOurs) await assertDataFree(name);
    const space = await diskSpace(name);
    return {
      name,
      exists: found !== null,
      sizeBytes: found === null ? null : await folderSize(name),
      freeBytes: space?.freeBytes ?? null,
      diskBytes: space?.totalBytes ?? null,
    };
  }

  async waitUntilReady(url: string, limits: WaitLimits): Promise<void> {
    await waitFor(readyProbe(url), this.#wait(limits));
  }

  async waitUntilFresh(
    url: string,
    sample: boolean,
    limits: WaitLimits
  ): Promise<FoundHealth> {
    const probe = freshProbe(url, { sample });
    const { value } = await waitFor(probe, this.#wait(limits));
    return asFound(value);
  }

  async health(url: string, signal: AbortSignal): Promise<FoundHealth> {
    return asFound(await readHealth(url, signal));
  }

  /** Whether an index of this state folder has that data open. */
  async #runsOn(dataPath: string): Promise<boolean> {
    const { config, parts } = await this.runtime.status();
    return (
      config?.dataPath === dataPath && parts.some(({ state }) => state === 'up')
    );
  }

  #wait({ deadlineMs, signal, onTry }: WaitLimits): WaitOptions {
    return {
      deadlineMs,
      signal,
      onTry,
      intervalMs: POLL_MS,
      isDead: () => deathOf(this.runtime),
    };
  }
}

function asFound(health: HealthDocument): FoundHealth {
  const { verdict, message, newestEventAgeMs, eventsTotal, sample } = health;
  return { verdict, detail: message, newestEventAgeMs, eventsTotal, sample };
}
