import { readFile, stat } from 'node:fs/promises';
import { COMPOSE_VARIABLES, INDEX_SERVICE } from '../../compose/index.js';
import { assignments, readEnvText } from '../../env/index.js';
import { readyProbe, waitFor } from '../../health/index.js';
import { deathOf } from '../death.js';
import { configDifferences } from '../embedded/parse-config.js';
import { assertPortFree } from '../port-check.js';
import { RuntimeError } from '../runtime-error.js';
import { assertChange } from '../runtime-state.js';
import type {
  DataLocation,
  LogOptions,
  PlannedAction,
  Runtime,
  RuntimeActionOptions,
  RuntimeConfig,
  RuntimePlan,
  RuntimeStatus,
  RuntimeUrls,
  StopOptions,
} from '../runtime.js';
import type { StateFolder } from '../state-folder.js';
import { writeStateFile } from '../state-file.js';
import { fitStack, type FittedStack, type StackWish } from './appview-stack.js';
import { prepareBindFolder } from './bind-folder.js';
import { buildImage } from './build-image.js';
import { findCompose, type ComposeProgram } from './compose-program.js';
import type { ComposeStack } from './compose-stack.js';
import { containerLog } from './container-output.js';
import { findContainers, type ContainerFacts } from './container.js';
import {
  conditionOf,
  judgeContainer,
  type ContainerVerdict,
} from './describe-container.js';
import {
  readDockerRecord,
  saveDockerRecord,
  type DockerRecord,
} from './docker-record.js';
import { askEngine, openEngine, type Engine } from './engine.js';
import { findImage } from './image.js';
import { runCompose } from './run-compose.js';
import {
  givenVariables,
  stackVariables,
  type StackVariables,
} from './stack-variables.js';
import { folderInside, volumeExists, volumeSize } from './volume.js';
import { systemCode } from '../../errors/system-code.js';

/** What the Docker runtime works with. */
export interface DockerRuntimeOptions {
  readonly folder: StateFolder;
  /** The stack the index joins; absent: the one it was started in last. */
  readonly stack?: StackWish | undefined;
  /** Environment file of this project, which the container reads too. */
  readonly settingsFile?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** What a start would be made of. */
interface Wanted extends FittedStack {
  readonly config: RuntimeConfig;
  readonly given: StackVariables;
  readonly image: string;
  /** Whether the image is ours to build. */
  readonly isBuilt: boolean;
  readonly settingsFile: string | null;
}

const ALONE: StackWish = {
  appview: null,
  composeFiles: [],
  projectName: null,
  services: {},
};

/** The store is closed cleanly within it (`stop_grace_period`; s). */
const STOP_S = 90;
const API_PORT = '6789/tcp';
const METRICS_PORT = '8765/tcp';
/** How long the API may take until it listens: a large index is opened (ms). */
const LISTEN_MS = 120_000;

/** The index in a container, by Compose and the engine's own API. */
export class DockerRuntime implements Runtime {
  readonly kind = 'docker';
  readonly #folder: StateFolder;
  readonly #wish: StackWish | undefined;
  readonly #settingsFile: string | undefined;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #engine: Engine | undefined;
  #compose: Promise<ComposeProgram> | undefined;

  constructor(options: DockerRuntimeOptions) {
    this.#folder = options.folder;
    this.#wish = options.stack;
    this.#settingsFile = options.settingsFile;
    this.#env = options.env ?? process.env;
  }

  /** The engine that is asked. @throws RuntimeError NOT_AVAILABLE */
  get engine(): Engine {
    this.#engine ??= openEngine(this.#env);
    return this.#engine;
  }

  /** The Compose that is called. @throws RuntimeError NOT_AVAILABLE */
  async compose(signal?: AbortSignal): Promise<ComposeProgram> {
    this.#compose ??= findCompose(this.#env, signal);
    return await this.#compose;
  }

  /** What it knows of an earlier run. */
  async record(): Promise<DockerRecord | null> {
    return await readDockerRecord(this.#folder.docker);
  }

  /** The stack the index is, or would be, part of. */
  async stack(): Promise<ComposeStack> {
    return (await this.#fitted(await this.record())).stack;
  }

  /** The index's container; null: there is none. */
  async container(): Promise<ContainerFacts | null> {
    return (await this.#look()).container;
  }

  async plan(config: RuntimeConfig): Promise<RuntimePlan> {
    const { record, container, verdict } = await this.#look();
    const wanted = await this.#wanted(config, record);
    const start = await this.#startActions(wanted, container);
    switch (verdict.state) {
      case 'absent':
      case 'stopped':
        return { change: 'start', reasons: [], actions: start };
      case 'failed':
        return {
          change: container?.status === 'restarting' ? 'restart' : 'start',
          reasons: [verdict.detail],
          actions: start,
        };
      case 'running': {
        const reasons = differences(record, container, wanted);
        return reasons.length === 0
          ? { change: 'none', reasons, actions: [] }
          : { change: 'restart', reasons, actions: [STOP, ...start] };
      }
      case 'starting':
      case 'degraded':
      case 'stopping':
      case 'unknown':
        return {
          change: 'restart',
          reasons: [verdict.detail],
          actions: [STOP, ...start],
        };
    }
  }

  async start(
    config: RuntimeConfig,
    options: RuntimeActionOptions = {}
  ): Promise<RuntimeStatus> {
    const plan = await this.plan(config);
    if (plan.change === 'none') return await this.status();
    const { record, container, verdict } = await this.#look();
    if (plan.change === 'restart') {
      throw new RuntimeError(
        `it runs already, but ${plan.reasons.join(', ')}`,
        {
          code: 'ILLEGAL_CHANGE',
          suggestion: 'stop it first: npx zx scripts/teardown.ts',
        }
      );
    }
    assertChange(verdict.state, 'starting');
    const wanted = await this.#wanted(config, record);
    const { bind, port, metricsPort } = config;
    await assertPortFree(bind, port, '--port');
    if (metricsPort !== null) {
      await assertPortFree(bind, metricsPort, '--metrics-port');
    }
    const next = await this.#recordOf(wanted, record);
    if (wanted.overlay !== null) {
      await writeStateFile(wanted.stack.overlayFile, wanted.overlay);
    }
    await this.#provideImage(wanted, next, options);
    await saveDockerRecord(this.#folder.docker, next);
    try {
      await this.#up(next, options);
      await saveDockerRecord(this.#folder.docker, {
        ...next,
        phase: 'running',
      });
      return await this.status();
    } catch (error) {
      await this.#takeBack(next, container);
      await saveDockerRecord(this.#folder.docker, record);
      throw error;
    }
  }

  async stop(options: StopOptions = {}): Promise<RuntimeStatus> {
    const { record, container } = await this.#look();
    if (record === null) return await this.status();
    await saveDockerRecord(this.#folder.docker, {
      ...record,
      phase: 'stopped',
    });
    if (container !== null && isUp(container)) {
      const { onProgress, deadlineMs = STOP_S * 1000 } = options;
      onProgress?.({
        phase: 'stop',
        text: `stopping container ${container.name}`,
      });
      const seconds = Math.max(1, Math.round(deadlineMs / 1000));
      // Paused, it could not hear the signal.
      if (container.status === 'paused') {
        await askEngine(this.engine, (docker) =>
          docker.getContainer(container.id).unpause()
        );
      }
      await askEngine(
        this.engine,
        (docker) => docker.getContainer(container.id).stop({ t: seconds }),
        (seconds + 30) * 1000
      );
    }
    return await this.status();
  }

  async status(): Promise<RuntimeStatus> {
    const { record, container, verdict } = await this.#look();
    return {
      kind: this.kind,
      state: verdict.state,
      detail: verdict.detail,
      parts:
        container === null
          ? []
          : [
              {
                name: 'index',
                id: container.id.slice(0, 12),
                state: isUp(container) ? 'up' : 'gone',
                startedAt: container.startedAt,
                note: conditionOf(container),
              },
            ],
      urls: container === null ? null : urlsOf(container),
      config: record?.config ?? null,
      version:
        container === null
          ? null
          : `${container.image} ${container.imageId.slice(7, 19)}`,
    };
  }

  async logs(options: LogOptions = {}): Promise<readonly string[]> {
    const { lines = 200, sinceStart = false } = options;
    const { container } = await this.#look();
    if (container === null) return [];
    const since = sinceStart
      ? Math.floor(Date.parse(container.startedAt) / 1000)
      : 0;
    return await containerLog(
      this.engine,
      container.id,
      lines,
      Math.max(0, since)
    );
  }

  async data(config?: RuntimeConfig): Promise<DataLocation> {
    const { record, container } = await this.#look();
    const { stack } = await this.#fitted(record);
    const dataPath = (config ?? record?.config)?.dataPath ?? null;
    const mounted = container?.mounts.get('/data');
    const name =
      config === undefined && mounted !== undefined
        ? mounted.name
        : (dataPath ??
          `${stack.project}_${COMPOSE_VARIABLES.CONSTELLATION_DATA_PATH.default}`);
    const isVolume = !name.startsWith('/');
    const exists = isVolume
      ? await volumeExists(this.engine, name)
      : await stat(name).then(
          (stats) => stats.isDirectory(),
          () => false
        );
    const isOpen = container?.status === 'running' && mounted?.name === name;
    const measured = isOpen
      ? await folderInside(this.engine, container.id, '/data')
      : {
          sizeBytes:
            isVolume && exists ? await volumeSize(this.engine, name) : null,
          freeBytes: null,
        };
    return { kind: 'volume', name, exists, sample: false, ...measured };
  }

  async urls(): Promise<RuntimeUrls | null> {
    return (await this.status()).urls;
  }

  /** Never asked of the server, whose `started_at` is wrong: setup noted it. */
  async completeSince(): Promise<Date | null> {
    const since = (await this.record())?.since ?? null;
    return since === null ? null : new Date(since);
  }

  /** Notes since when the index is complete; once known it stays. */
  async noteComplete(since: Date): Promise<void> {
    const record = await this.record();
    if (record === null || record.since !== null) return;
    const next = { ...record, since: since.toISOString() };
    await saveDockerRecord(this.#folder.docker, next);
  }

  async #look(): Promise<{
    readonly record: DockerRecord | null;
    readonly container: ContainerFacts | null;
    readonly verdict: ContainerVerdict;
  }> {
    const record = await this.record();
    const project = record?.stack.project;
    if (project === undefined) {
      return { record, container: null, verdict: judgeContainer(null, null) };
    }
    const [container = null] = await findContainers(
      this.engine,
      project,
      INDEX_SERVICE
    );
    return {
      record,
      container,
      verdict: judgeContainer(container, record?.phase ?? null),
    };
  }

  async #fitted(record: DockerRecord | null): Promise<FittedStack> {
    if (this.#wish === undefined && record !== null) {
      return { stack: record.stack, overlay: null, services: null };
    }
    return await fitStack(this.#wish ?? ALONE, this.#folder);
  }

  async #wanted(
    config: RuntimeConfig,
    record: DockerRecord | null
  ): Promise<Wanted> {
    const fitted = await this.#fitted(record);
    const written = await this.#settings();
    const given: StackVariables = {
      ...(record === null ? {} : givenVariables(record.variables)),
      ...givenVariables(written ?? {}),
      ...givenVariables(this.#env),
    };
    const named =
      (this.#env['CONSTELLATION_IMAGE'] ?? '') ||
      (written?.['CONSTELLATION_IMAGE'] ?? '');
    const image =
      named !== ''
        ? named
        : (record?.image ?? COMPOSE_VARIABLES.CONSTELLATION_IMAGE.default);
    return {
      ...fitted,
      config,
      given,
      image,
      isBuilt: named === '' && image.startsWith('constellation-local:'),
      settingsFile: written === null ? null : (this.#settingsFile ?? null),
    };
  }

  /** What the environment file says; null where the container cannot read it. */
  async #settings(): Promise<Readonly<Record<string, string>> | null> {
    const file = this.#settingsFile;
    if (file === undefined) return null;
    try {
      const { mode } = await stat(file);
      const written = assignments(readEnvText(await readFile(file, 'utf8')));
      const settings = Object.fromEntries(
        [...written].map(([key, { value }]) => [key, value])
      );
      return (mode & 0o004) === 0 ? null : settings;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  async #recordOf(
    wanted: Wanted,
    record: DockerRecord | null
  ): Promise<DockerRecord> {
    const { config, given, image, settingsFile, stack } = wanted;
    const { dataPath } = config;
    const isHere = this.engine.address.socket !== null;
    const owner =
      dataPath !== null && isHere ? await prepareBindFolder(dataPath) : null;
    const isNew = owner?.isEmpty ?? !(await this.data(config)).exists;
    const kept = record?.since ?? given.CONSTELLATION_LOCAL_SINCE ?? null;
    return {
      phase: 'starting',
      config,
      stack,
      variables: notUndefined(
        stackVariables({ config, given, image, owner, settingsFile })
      ),
      image,
      previousImage: record?.previousImage ?? null,
      since: isNew ? null : kept,
    };
  }

  async #startActions(
    { image, isBuilt, stack, config }: Wanted,
    container: ContainerFacts | null
  ): Promise<readonly PlannedAction[]> {
    const isThere = (await findImage(this.engine, image)) !== null;
    const where = `container ${INDEX_SERVICE} of project ${stack.project}`;
    const provide: PlannedAction = {
      kind: 'build',
      text: isBuilt ? `build the image ${image}` : `pull the image ${image}`,
    };
    return [
      ...(isThere ? [] : [provide]),
      {
        kind: container === null ? 'create' : 'start',
        text: `start ${where} on ${config.bind}:${config.port}`,
      },
    ];
  }

  async #provideImage(
    { image, isBuilt, stack }: Wanted,
    record: DockerRecord,
    options: RuntimeActionOptions
  ): Promise<void> {
    if ((await findImage(this.engine, image)) !== null) return;
    const program = await this.compose(options.signal);
    const { variables } = record;
    if (isBuilt) {
      const logFile = this.#folder.buildLog;
      return await buildImage(program, stack, {
        ...options,
        variables,
        logFile,
      });
    }
    options.onProgress?.({ phase: 'create', text: `pulling ${image}` });
    await runCompose(program, stack, {
      view: 'with-overlay',
      args: ['pull', INDEX_SERVICE],
      variables,
      signal: options.signal,
      deadlineMs: 1800_000,
    });
  }

  async #up(
    record: DockerRecord,
    options: RuntimeActionOptions
  ): Promise<void> {
    const { signal, onProgress } = options;
    onProgress?.({
      phase: 'start',
      text: `starting container ${INDEX_SERVICE}`,
    });
    const program = await this.compose(signal);
    await runCompose(program, record.stack, {
      view: 'with-overlay',
      args: ['up', '-d', '--no-deps', '--no-build', INDEX_SERVICE],
      variables: record.variables,
      signal,
    });
    // Only now the ports are known.
    const { urls } = await this.status();
    onProgress?.({ phase: 'wait', text: 'waiting until the index listens' });
    await waitFor(readyProbe(urls?.api ?? '', '/'), {
      deadlineMs: options.deadlineMs ?? LISTEN_MS,
      signal,
      isDead: () => deathOf(this),
    });
  }

  /** Puts back what a start that failed has begun. Data stays. */
  async #takeBack(
    { stack }: DockerRecord,
    before: ContainerFacts | null
  ): Promise<void> {
    const found = await findContainers(
      this.engine,
      stack.project,
      INDEX_SERVICE
    );
    for (const { id } of found) {
      await askEngine(
        this.engine,
        async (docker) => {
          const container = docker.getContainer(id);
          if (id === before?.id)
            await container.stop({ t: 10 }).catch(() => undefined);
          else await container.remove({ force: true });
        },
        60_000
      );
    }
  }
}

const STOP: PlannedAction = { kind: 'stop', text: 'stop the container' };

function isUp({ status }: ContainerFacts): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting';
}

/** In what the running container differs from what is wished. */
function differences(
  record: DockerRecord | null,
  container: ContainerFacts | null,
  { config, image }: Wanted
): readonly string[] {
  if (record === null || container === null) return [];
  const inConfig = configDifferences(record.config, config);
  return container.image === image
    ? inConfig
    : [...inConfig, `image ${container.image} → ${image}`];
}

/** Any address of this machine is reached by its loopback one. */
function urlsOf({ ports }: ContainerFacts): RuntimeUrls | null {
  const url = (port: string): string | null => {
    const place = ports.get(port);
    if (place === undefined) return null;
    const host =
      place.host === '0.0.0.0' || place.host === ''
        ? '127.0.0.1'
        : place.host === '::'
          ? '[::1]'
          : place.host.includes(':')
            ? `[${place.host}]`
            : place.host;
    return `http://${host}:${place.port}`;
  };
  const api = url(API_PORT);
  return api === null ? null : { api, metrics: url(METRICS_PORT) };
}

function notUndefined(
  values: StackVariables
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string'
    )
  );
}
