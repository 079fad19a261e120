import { INDEX_SERVICE } from '../../compose/index.js';
import type { PlannedAction, RuntimeActionOptions } from '../runtime.js';
import { buildImage } from './build-image.js';
import type { ComposeProgram } from './compose-program.js';
import type { Engine } from './engine.js';
import { findImage } from './image.js';
import { runCompose } from './run-compose.js';
import type { WantedIndex } from './wanted-index.js';

/** Which image, and for which stack. */
export type NeededImage = Pick<WantedIndex, 'image' | 'isBuilt' | 'stack'>;

/** How an image comes to be there. */
export interface ProvideImageOptions extends RuntimeActionOptions {
  readonly engine: Engine;
  readonly compose: () => Promise<ComposeProgram>;
  readonly variables: Readonly<Record<string, string>>;
  /** All that a build says. */
  readonly logFile: string;
}

/** A pull from a slow registry (ms). */
const PULL_MS = 1800_000;

/** What would be done for the image; null: it is there. */
export async function plannedImage(
  engine: Engine,
  { image, isBuilt }: Omit<NeededImage, 'stack'>
): Promise<PlannedAction | null> {
  if ((await findImage(engine, image)) !== null) return null;
  return {
    kind: 'build',
    text: isBuilt ? `build the image ${image}` : `pull the image ${image}`,
  };
}

/**
 * Builds or pulls the image where the engine has none of that name.
 *
 * @throws RuntimeError BUILD_FAILED, COMPOSE_FAILED; the signal's reason
 */
export async function provideImage(
  { image, isBuilt, stack }: NeededImage,
  { engine, compose, variables, logFile, ...options }: ProvideImageOptions
): Promise<void> {
  if ((await findImage(engine, image)) !== null) return;
  const program = await compose();
  if (isBuilt) {
    const build = { ...options, engine, variables, logFile };
    return await buildImage(program, stack, build);
  }
  options.onProgress?.({ phase: 'create', text: `pulling ${image}` });
  await runCompose(program, stack, {
    view: 'with-overlay',
    args: ['pull', INDEX_SERVICE],
    variables,
    signal: options.signal,
    deadlineMs: PULL_MS,
  });
}
