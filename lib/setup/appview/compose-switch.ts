import path from 'node:path';
import type { UndoStack } from '../../cli/index.js';
import { INDEX_SERVICE, OVERLAY_FILE } from '../../compose/index.js';
import { writeEnvFile } from '../../env/index.js';
import type { ComposeStack } from '../../runtime/docker/compose-stack.js';
import {
  COMPOSE_LABELS,
  type ContainerFacts,
} from '../../runtime/docker/container.js';
import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { anewText, imagesToKeep } from '../../runtime/docker/kept-images.js';
import {
  recreateServices,
  runningContainers,
} from '../../runtime/docker/recreate-services.js';
import { pathSeparator, readStackEnv } from '../../runtime/docker/stack-env.js';
import { RuntimeError } from '../../runtime/runtime-error.js';
import { SetupError } from '../setup-error.js';
import { UndoableEnvFile } from '../undoable-env-file.js';
import type {
  AppViewConnection,
  AppViewPlan,
  AppViewSwitch,
  AppViewTarget,
} from './appview-switch.js';

/** The index on the networks of the project. */
const INSIDE_URL = `http://${INDEX_SERVICE}:6789`;

/**
 * Connects an AppView that runs in Compose: its `.env`, the overlay, and new
 * containers of the services that ask Constellation. `COMPOSE_FILE` goes into
 * the `.env` too: without it the operator's next plain `up -d` would take the
 * overlay off again.
 */
export class ComposeSwitch implements AppViewSwitch {
  readonly #runtime: DockerRuntime;
  readonly #withoutCompose: AppViewSwitch;

  /** @param withoutCompose for an AppView that has no compose file */
  constructor(runtime: DockerRuntime, withoutCompose: AppViewSwitch) {
    this.#runtime = runtime;
    this.#withoutCompose = withoutCompose;
  }

  async plan(target: AppViewTarget): Promise<AppViewPlan> {
    const stack = await this.#runtime.stack();
    if (stack.baseFiles.length === 0)
      return await this.#withoutCompose.plan(target);
    const file = envFileOf(stack);
    const wishes = await this.#wishes(target, stack);
    const { changes, diff } = await writeEnvFile(file, wishes, {
      dryRun: true,
    });
    const behind = await this.#behind(stack, wishes);
    const { engine } = this.#runtime;
    const kept = await imagesToKeep(engine, stack.project, stack.switched);
    const texts = [
      ...(changes.length === 0
        ? []
        : [`set ${changes.map(({ key }) => key).join(', ')} in ${file}`]),
      ...(changes.length === 0 && behind.length === 0
        ? []
        : [anewText(stack.switched, [...kept.keys()]) ?? '']),
    ];
    return texts.length === 0
      ? {
          needed: false,
          text: `${stack.switched.join(' and ')} of ${stack.project} ask it already`,
          diff: '',
          isImmediate: false,
        }
      : { needed: true, text: texts.join(', '), diff, isImmediate: true };
  }

  async connect(
    target: AppViewTarget,
    undo: UndoStack,
    signal: AbortSignal
  ): Promise<AppViewConnection> {
    const stack = await this.#runtime.stack();
    if (stack.baseFiles.length === 0) {
      return await this.#withoutCompose.connect(target, undo, signal);
    }
    const running = await runningContainers(
      this.#runtime,
      stack,
      stack.switched
    );
    const services = [...new Set(running.map(({ service }) => service))];
    // Connected by an earlier run, they ask the index and are to go on with it.
    const view = running.some(hasOverlay) ? 'with-overlay' : 'base';
    // Added first, so that it runs last: with the .env as it was before.
    undo.add(
      `switch of ${stack.switched.join(' and ')}`,
      async (undoSignal) => {
        await recreateServices(this.#runtime, {
          stack,
          view,
          services,
          signal: undoSignal,
        });
        return 'made anew as they were';
      }
    );
    const file = new UndoableEnvFile(envFileOf(stack), undo);
    const wishes = await this.#wishes(target, stack);
    const { changes, created } = await file.write(wishes);
    const switched = await this.#behind(stack, wishes);
    let kept: Awaited<ReturnType<typeof recreateServices>>;
    try {
      kept = await recreateServices(this.#runtime, {
        stack,
        view: 'with-overlay',
        services,
        signal,
      });
    } catch (error) {
      throw notWell(error);
    }
    const behind = await this.#behind(stack, wishes);
    if (behind.length > 0) {
      throw new SetupError(
        `${behind.join(' and ')} did not take the index's URL`,
        {
          code: 'PREREQUISITE',
          suggestion: `look whether something else sets CONSTELLATION_URL: ${stack.baseFiles.join(', ')}`,
        }
      );
    }
    return {
      env: file.done,
      switched,
      keys: changes.map(({ key }) => key),
      url: wishes['CONSTELLATION_URL'] ?? INSIDE_URL,
      warnings: [
        ...(created ? [`there was no ${file.path}; it was made`] : []),
        ...kept.map(
          (service) =>
            `${service} keeps the image that it ran; another was pulled or built since, which the next docker compose up takes`
        ),
      ],
      next:
        services.length === stack.switched.length
          ? null
          : `start the AppView: docker compose up -d in ${stack.envFolder}`,
    };
  }

  async #wishes(
    { givenUrl, cacheTtlSeconds, timeoutMs }: AppViewTarget,
    stack: ComposeStack
  ): Promise<Readonly<Record<string, string | null>>> {
    const record = await this.#runtime.record();
    const files = [...stack.baseFiles, stack.overlayFile].map((file) =>
      inFolder(stack.envFolder, file)
    );
    const env = await readStackEnv(stack.envFolder);
    return {
      ...record?.variables,
      CONSTELLATION_ENABLED: 'true',
      CONSTELLATION_URL: givenUrl ?? INSIDE_URL,
      CONSTELLATION_LOCAL: 'true',
      CONSTELLATION_CACHE_TTL: String(cacheTtlSeconds),
      CONSTELLATION_TIMEOUT: String(timeoutMs),
      COMPOSE_FILE: files.join(pathSeparator(env, process.env)),
      // What was noted, not what a start was told.
      CONSTELLATION_LOCAL_SINCE: record?.since ?? null,
    };
  }

  /** Running services that do not ask the index. */
  async #behind(
    stack: ComposeStack,
    wishes: Readonly<Record<string, string | null>>
  ): Promise<readonly string[]> {
    const running = await runningContainers(
      this.#runtime,
      stack,
      stack.switched
    );
    const urls = [wishes['CONSTELLATION_URL'], INSIDE_URL];
    const onHost = `http://127.0.0.1:${wishes['CONSTELLATION_PORT'] ?? '6789'}`;
    const behind = running.filter(({ environment }) => {
      const url = environment['CONSTELLATION_URL'] ?? '';
      return ![...urls, onHost].includes(url);
    });
    return [...new Set(behind.map(({ service }) => service))];
  }
}

/**
 * The container whose log the error names is about to be replaced by the one
 * of before, so that what it said last is all there is.
 */
function notWell(error: unknown): unknown {
  if (!(error instanceof RuntimeError) || error.code !== 'START_FAILED') {
    return error;
  }
  return new RuntimeError('the AppView does not get well with the index', {
    code: 'START_FAILED',
    suggestion:
      'it is put back, asking what it asked before: mend what it says, then run setup again',
    cause: error,
  });
}

/** Whether a container was made with our overlay; both generations say so. */
function hasOverlay({ labels }: ContainerFacts): boolean {
  const files = labels[COMPOSE_LABELS.configFiles] ?? '';
  return files.split(',').some((file) => path.basename(file) === OVERLAY_FILE);
}

function envFileOf({ envFolder }: ComposeStack): string {
  return path.join(envFolder, '.env');
}

/** As short as Compose finds it from there. */
function inFolder(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  return relative.startsWith('..') ? file : relative;
}
