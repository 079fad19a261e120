import { BRIDGE_SERVICE } from '../../compose/index.js';
import { assertPortFree } from '../port-check.js';
import { RuntimeError } from '../runtime-error.js';
import { assertChange } from '../runtime-state.js';
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
import { writeStateFile } from '../state-file.js';
import { fitStack, type FittedStack, type StackWish } from './appview-stack.js';
import { bringUpIndex } from './bring-up-index.js';
import { bringUpBridge, type BridgeTools } from './bridge-container.js';
import {
  giveNameBack,
  provideBridgeImage,
  removeFormer,
} from './bridge-image.js';
import { assertBridgePortFree, changeBridge } from './change-bridge.js';
import { findCompose, type ComposeProgram } from './compose-program.js';
import type { ComposeStack } from './compose-stack.js';
import { containerData } from './container-data.js';
import { containerLog } from './container-output.js';
import type { ContainerFacts } from './container.js';
import {
  readDockerRecord,
  saveDockerRecord,
  type DockerRecord,
} from './docker-record.js';
import { dockerStatus } from './docker-status.js';
import { openEngine, type Engine } from './engine.js';
import {
  BRIDGE_STOP_MS,
  isUp,
  sightIndex,
  stopContainer,
  takeBackContainer,
  type Sighting,
} from './index-container.js';
import { provideImage } from './provide-image.js';
import { startActions, startPlan } from './start-plan.js';
import { startRecord } from './start-record.js';
import { wantedIndex, type WantedIndex } from './wanted-index.js';

/** What the Docker runtime works with. */
export interface DockerRuntimeOptions {
  readonly folder: StateFolder;
  /** The stack the index joins; absent: the one it was started in last. */
  readonly stack?: StackWish | undefined;
  /** Environment file of this project, which the container reads too. */
  readonly settingsFile?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const ALONE: StackWish = {
  appview: null,
  composeFiles: [],
  projectName: null,
  services: {},
};

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

  /** The service of the stack's own that is a bridge; null: there is none. */
  async ownBridge(): Promise<string | null> {
    const { services } = await this.#fitted(null);
    return services?.bridge?.service.name ?? null;
  }

  /** The index's container; null: there is none. */
  async container(): Promise<ContainerFacts | null> {
    return (await this.#look()).container;
  }

  async plan(config: RuntimeConfig): Promise<RuntimePlan> {
    const seen = await this.#look();
    const wanted = await this.#wanted(config, seen.record);
    const actions = await startActions(this.engine, wanted, seen);
    return startPlan(seen, wanted, actions);
  }

  async start(
    config: RuntimeConfig,
    options: RuntimeActionOptions = {}
  ): Promise<RuntimeStatus> {
    const plan = await this.plan(config);
    if (plan.change === 'none') return await this.status();
    const seen = await this.#look();
    const { record, container, bridge, verdict } = seen;
    if (plan.change === 'restart') {
      throw new RuntimeError(
        `it runs already, but ${plan.reasons.join(', ')}`,
        {
          code: 'ILLEGAL_CHANGE',
          suggestion: 'stop it first: npx zx scripts/teardown.ts',
        }
      );
    }
    const wanted = await this.#wanted(config, record);
    const tools = this.#bridgeTools(options);
    if (record !== null && verdict.state === 'running') {
      await this.keep(await changeBridge(record, wanted, seen, tools));
      return await this.status();
    }
    assertChange(verdict.state, 'starting');
    const { bind, port, metricsPort } = config;
    const hasBridge = (config.bridge ?? null) !== null;
    await assertPortFree(bind, port, '--port');
    if (metricsPort !== null) {
      await assertPortFree(bind, metricsPort, '--metrics-port');
    }
    await assertBridgePortFree(config, seen);
    const next = await startRecord(this.engine, wanted, record);
    if (wanted.overlay !== null) {
      await writeStateFile(wanted.stack.overlayFile, wanted.overlay);
    }
    const { project } = next.stack;
    await provideImage(wanted, {
      ...tools,
      variables: next.variables,
      logFile: this.#folder.buildLog,
    });
    const former = hasBridge
      ? await provideBridgeImage(wanted, next, tools)
      : null;
    await saveDockerRecord(this.#folder.docker, next);
    try {
      await bringUpIndex(this, next, options);
      if (hasBridge) await bringUpBridge(next, tools);
      else await takeBackContainer(this.engine, project, null, BRIDGE_SERVICE);
      await saveDockerRecord(this.#folder.docker, {
        ...next,
        phase: 'running',
      });
      await removeFormer(this.engine, former);
      return await this.status();
    } catch (error) {
      await takeBackContainer(this.engine, project, bridge, BRIDGE_SERVICE);
      await takeBackContainer(this.engine, project, container);
      await giveNameBack(this.engine, former);
      await saveDockerRecord(this.#folder.docker, record);
      throw error;
    }
  }

  async stop(options: StopOptions = {}): Promise<RuntimeStatus> {
    const { record, container, bridge } = await this.#look();
    if (record === null) return await this.status();
    await saveDockerRecord(this.#folder.docker, {
      ...record,
      phase: 'stopped',
    });
    if (bridge !== null && isUp(bridge)) {
      const deadlineMs = Math.min(
        options.deadlineMs ?? BRIDGE_STOP_MS,
        BRIDGE_STOP_MS
      );
      await stopContainer(this.engine, bridge, { ...options, deadlineMs });
    }
    if (container !== null && isUp(container)) {
      await stopContainer(this.engine, container, options);
    }
    return await this.status();
  }

  async status(): Promise<RuntimeStatus> {
    return dockerStatus(await this.#look());
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
    return await containerData(this.engine, {
      project: stack.project,
      dataPath: (config ?? record?.config)?.dataPath ?? null,
      container,
      isWish: config !== undefined,
    });
  }

  async urls(): Promise<RuntimeUrls | null> {
    return (await this.status()).urls;
  }

  /** Never asked of the server, whose `started_at` is wrong: setup noted it. */
  async completeSince(): Promise<Date | null> {
    const since = (await this.record())?.since ?? null;
    return since === null ? null : new Date(since);
  }

  /**
   * Notes another time than before: an outage was too long, or a word given.
   *
   * @param since null: it is not known any more
   */
  async moveComplete(since: Date | null): Promise<void> {
    const record = await this.record();
    if (record === null) return;
    await this.#keepSince(record, since);
  }

  /** Notes since when the index is complete; once known it stays. */
  async noteComplete(since: Date): Promise<void> {
    const record = await this.record();
    if (record === null || record.since !== null) return;
    await this.#keepSince(record, since);
  }

  /** A bridge is told by its container's environment: it is made anew. */
  async #keepSince(record: DockerRecord, since: Date | null): Promise<void> {
    const next = { ...record, since: since?.toISOString() ?? null };
    await this.keep(next);
    const { bridge } = await this.#look();
    if (bridge !== null && isUp(bridge)) {
      await bringUpBridge(next, this.#bridgeTools({}));
    }
  }

  #bridgeTools(options: RuntimeActionOptions): BridgeTools {
    const compose = (): Promise<ComposeProgram> => this.compose(options.signal);
    return { ...options, engine: this.engine, compose };
  }

  async #look(): Promise<Sighting> {
    return await sightIndex(await this.record(), () => this.engine);
  }

  /** @param isBridgeWanted (default: as wished) */
  async #fitted(
    record: DockerRecord | null,
    isBridgeWanted?: boolean
  ): Promise<FittedStack> {
    if (this.#wish === undefined && record !== null) {
      return { stack: record.stack, overlay: null, services: null };
    }
    const wish = this.#wish ?? ALONE;
    const bridge = isBridgeWanted ?? wish.bridge;
    return await fitStack({ ...wish, bridge }, this.#folder);
  }

  async #wanted(
    config: RuntimeConfig,
    record: DockerRecord | null
  ): Promise<WantedIndex> {
    return await wantedIndex({
      config,
      fitted: await this.#fitted(record, (config.bridge ?? null) !== null),
      record,
      settingsFile: this.#settingsFile,
      env: this.#env,
    });
  }

  /** Writes down what came of a change made from outside. */
  async keep(record: DockerRecord): Promise<void> {
    await saveDockerRecord(this.#folder.docker, record);
  }

  /** Where all that a build says goes. */
  get buildLog(): string {
    return this.#folder.buildLog;
  }
}
