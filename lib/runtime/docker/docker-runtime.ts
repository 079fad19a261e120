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
import type { FittedStack, StackWish } from './appview-stack.js';
import { bringUpBridge, type BridgeTools } from './bridge-container.js';
import { changeBridge } from './change-bridge.js';
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
  type Sighting,
} from './index-container.js';
import { assertSameProject } from './same-project.js';
import { StackFitter } from './stack-fitter.js';
import { startIndex } from './start-index.js';
import { startActions, startPlan } from './start-plan.js';
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

/** The index in a container, by Compose and the engine's own API. */
export class DockerRuntime implements Runtime {
  readonly kind = 'docker';
  readonly #folder: StateFolder;
  readonly #stacks: StackFitter;
  readonly #settingsFile: string | undefined;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #engine: Engine | undefined;
  #compose: Promise<ComposeProgram> | undefined;

  constructor(options: DockerRuntimeOptions) {
    this.#folder = options.folder;
    this.#settingsFile = options.settingsFile;
    this.#env = options.env ?? process.env;
    this.#stacks = new StackFitter({
      folder: options.folder,
      wish: options.stack,
      env: this.#env,
      engine: () => this.engine,
      compose: () => this.compose(),
    });
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

  /** The stack the index is, or would be, part of, and what fits it. */
  async fitted(): Promise<FittedStack> {
    return await this.#stacks.fit(await this.record());
  }

  /** The same without what fits it. */
  async stack(): Promise<ComposeStack> {
    return (await this.fitted()).stack;
  }

  /** The index's container; null: there is none. */
  async container(): Promise<ContainerFacts | null> {
    return (await this.#look()).container;
  }

  async plan(config: RuntimeConfig): Promise<RuntimePlan> {
    const seen = await this.#look();
    const wanted = await this.#wanted(config, seen.record);
    assertSameProject({
      from: seen.record?.stack.project ?? null,
      container: seen.container?.name ?? null,
      to: wanted.stack.project,
    });
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
    const { record, verdict } = seen;
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
    await startIndex(this, { wanted, seen, tools });
    return await this.status();
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
    // Started again by its policy, what it ended with is of the starts before.
    const isFirst = container.restartCount === 0;
    const since =
      sinceStart && isFirst
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
    const { stack } = await this.#stacks.fit(record);
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

  async #wanted(
    config: RuntimeConfig,
    record: DockerRecord | null
  ): Promise<WantedIndex> {
    return await wantedIndex({
      config,
      fitted: await this.#stacks.fit(record, (config.bridge ?? null) !== null),
      record,
      settingsFile: this.#settingsFile,
      env: this.#env,
    });
  }

  /** Writes down what came of a change; null: that there is nothing. */
  async keep(record: DockerRecord | null): Promise<void> {
    await saveDockerRecord(this.#folder.docker, record);
  }

  /** Where all that a build says goes. */
  get buildLog(): string {
    return this.#folder.buildLog;
  }
}
