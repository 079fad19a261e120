import {
  counterProbe,
  fetchText,
  readyProbe,
  streamCounters,
  waitFor,
  type StreamCounters,
  type WaitOptions,
} from '../../health/index.js';
import { deathOf } from '../../runtime/death.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { isOfOtherRevision } from '../../runtime/docker/image-target.js';
import { readStackEnv } from '../../runtime/docker/stack-env.js';
import { reachableUrl } from '../../runtime/embedded/embedded-processes.js';
import { hostPort } from '../../runtime/embedded/embedded-command.js';
import type { RuntimeConfig } from '../../runtime/runtime.js';
import { ComposeSwitch } from '../appview/compose-switch.js';
import { EnvFileSwitch } from '../appview/env-file-switch.js';
import type { AppViewSwitch } from '../appview/appview-switch.js';
import { DOCKER_PREREQUISITES } from '../prerequisites/docker-prerequisites.js';
import { stackNotices } from './stack-notices.js';
import type {
  FoundData,
  FoundHealth,
  SetupRuntime,
  SetupRuntimeKind,
  WaitLimits,
} from './setup-runtime.js';

/** Between two looks at an index that is starting (ms). */
const POLL_MS = 500;

/** The real server in a container, beside an AppView's own containers. */
export const DOCKER_SETUP: SetupRuntimeKind = {
  kind: 'docker',
  title: 'the Docker runtime',
  takesSample: false,
  prerequisites: DOCKER_PREREQUISITES,
  open: (options) =>
    new DockerSetup(
      new DockerRuntime(options),
      options.env['CONSTELLATION_VERSION'],
      options.env
    ),
};

/** Setup's side of the Docker runtime. */
export class DockerSetup implements SetupRuntime {
  readonly runtime: DockerRuntime;
  readonly appview: AppViewSwitch;
  /** It may reach a stream that this machine does not, and the other way round. */
  readonly hasOwnNetwork = true;
  /** The real server reads one stream. */
  readonly maxStreams = 1;

  readonly #revision: string | undefined;
  readonly #shell: Readonly<Record<string, string | undefined>>;

  /**
   * @param revision of the server, where somebody named one
   * @param shell in which an operator calls Compose
   */
  constructor(
    runtime: DockerRuntime,
    revision?: string,
    shell: Readonly<Record<string, string | undefined>> = {}
  ) {
    this.runtime = runtime;
    this.#revision = revision;
    this.#shell = shell;
    // An AppView without a compose file runs on this machine itself.
    this.appview = new ComposeSwitch(runtime, new EnvFileSwitch());
  }

  readonly ownBridge = async (): Promise<string | null> =>
    (await this.runtime.fitted()).services?.bridge?.service.name ?? null;

  readonly notices = async (): Promise<readonly string[]> => {
    const fitted = await this.runtime.fitted();
    const env = await readStackEnv(fitted.stack.envFolder);
    return stackNotices(fitted, { env, shell: this.#shell });
  };

  apiUrl({ bind, port }: RuntimeConfig): string {
    return reachableUrl(`http://${hostPort(bind, port)}`);
  }

  /** Another version is built beside the running one, and has a way back. */
  async notDone(): Promise<string | null> {
    const revision = this.#revision ?? '';
    const record = await this.runtime.record();
    if (revision === '' || record === null) return null;
    const { image } = record;
    return isOfOtherRevision(image, revision)
      ? `the index runs ${image}, not revision ${revision}: npx zx scripts/setup.ts --upgrade --version ${revision}`
      : null;
  }

  async findData(dataPath: string | null): Promise<FoundData> {
    const config = (await this.runtime.status()).config;
    return await this.runtime.data({ ...(config ?? NO_CONFIG), dataPath });
  }

  async waitUntilReady(url: string, limits: WaitLimits): Promise<void> {
    await waitFor(readyProbe(url, '/'), this.#wait(limits));
  }

  async waitUntilFresh(
    _url: string,
    _sample: boolean,
    limits: WaitLimits
  ): Promise<FoundHealth> {
    const metrics = (await this.runtime.urls())?.metrics ?? '';
    const probe = counterProbe(`${metrics}/metrics`);
    const { value, detail } = await waitFor(probe, this.#wait(limits));
    await this.runtime.noteComplete(new Date());
    return asFound(value, 'current', detail);
  }

  async health(_url: string, signal: AbortSignal): Promise<FoundHealth> {
    const metrics = (await this.runtime.urls())?.metrics ?? '';
    const { text } = await fetchText(`${metrics}/metrics`, { signal });
    const counters = streamCounters(text);
    return counters.read === null
      ? asFound(counters, 'starting', 'no event has come so far')
      : asFound(counters, 'indexing', 'events have come in');
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

/** Where the data would be depends on nothing but its path. */
const NO_CONFIG: RuntimeConfig = {
  bind: '127.0.0.1',
  port: 6789,
  metricsPort: null,
  jetstream: [],
  dataPath: null,
  logLevel: 'info',
  workers: null,
  sample: false,
};

function asFound(
  { read, ageMs }: StreamCounters,
  verdict: string,
  detail: string
): FoundHealth {
  return {
    verdict,
    detail,
    newestEventAgeMs: ageMs,
    eventsTotal: read,
    sample: false,
  };
}
