import type { StateFolder } from '../state-folder.js';
import { fitStack, type FittedStack, type StackWish } from './appview-stack.js';
import { askModel, type ComposeModel } from './compose-model.js';
import type { ComposeProgram } from './compose-program.js';
import type { StackFiles } from './compose-stack.js';
import type { DockerRecord } from './docker-record.js';
import type { Engine } from './engine.js';
import { projectsIn } from './stack-project.js';

/** What a stack is fitted with. */
export interface StackFitterOptions {
  readonly folder: StateFolder;
  /** Absent: the stack of the record. */
  readonly wish: StackWish | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly engine: () => Engine;
  readonly compose: () => Promise<ComposeProgram>;
}

const ALONE: StackWish = {
  appview: null,
  composeFiles: [],
  projectName: null,
  services: {},
};

/** Finds the stack that an index joins; what Compose makes of it is asked once. */
export class StackFitter {
  readonly #options: StackFitterOptions;
  readonly #models = new Map<string, Promise<ComposeModel>>();
  readonly #projects = new Map<string, Promise<ReadonlyMap<string, string>>>();

  constructor(options: StackFitterOptions) {
    this.#options = options;
  }

  /**
   * @param record of an earlier run; null: there was none
   * @param isBridgeWanted (default: as wished)
   * @throws as fitStack
   */
  async fit(
    record: DockerRecord | null,
    isBridgeWanted?: boolean
  ): Promise<FittedStack> {
    const { wish: given, folder, env, compose } = this.#options;
    if (given === undefined && record !== null) {
      return { stack: record.stack, overlay: null, services: null };
    }
    const wish = given ?? ALONE;
    const bridge = isBridgeWanted ?? wish.bridge;
    // Alone it needs nothing of an AppView, and asks nobody about one.
    const generation = wish.appview === null ? 2 : (await compose()).generation;
    return await fitStack(
      { ...wish, bridge },
      {
        folder,
        env,
        generation,
        earlier: record?.stack ?? null,
        model: (files) => this.#model(files),
        projects: (place) => this.#projectsIn(place),
      }
    );
  }

  async #model(files: StackFiles): Promise<ComposeModel> {
    const key = files.baseFiles.join('\0');
    const model =
      this.#models.get(key) ??
      this.#options
        .compose()
        .then((program) => askModel(program, files, { view: 'base' }));
    this.#models.set(key, model);
    return await model;
  }

  async #projectsIn(folder: string): Promise<ReadonlyMap<string, string>> {
    const found =
      this.#projects.get(folder) ?? projectsIn(this.#options.engine(), folder);
    this.#projects.set(folder, found);
    return await found;
  }
}
