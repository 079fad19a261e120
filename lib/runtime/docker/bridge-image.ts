/** The bridge's image: built, built anew from other code, taken back. */

import { BRIDGE_SERVICE } from '../../compose/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { BridgeTools } from './bridge-container.js';
import { BRIDGE_PROGRAM, SOURCE_ARGUMENT } from './bridge-source.js';
import { isOlder } from './bridge-plan.js';
import { composeBuild } from './compose-build.js';
import type { DockerRecord } from './docker-record.js';
import { askEngine, statusOf, type Engine } from './engine.js';
import { findImage } from './image.js';
import { runCompose } from './run-compose.js';
import { isBuiltBridge, type WantedIndex } from './wanted-index.js';

/** The image that a name stood for until it was built anew. */
export interface FormerImage {
  readonly name: string;
  readonly id: string;
}

/** One COPY, once the base image is there (ms). */
const BUILD_MS = 1800_000;
const QUOTED = 8;

/**
 * Builds or pulls the bridge's image where the engine has none of that name,
 * and builds it anew where that is of other code.
 *
 * @returns the image that has lost its name by that; null: none has
 * @throws RuntimeError BUILD_FAILED; the signal's reason
 */
export async function provideBridgeImage(
  {
    bridgeImage: name,
    bridgeSource: source,
  }: Pick<WantedIndex, 'bridgeImage' | 'bridgeSource'>,
  record: Pick<DockerRecord, 'stack' | 'variables'>,
  tools: BridgeTools
): Promise<FormerImage | null> {
  const { engine, signal, onProgress } = tools;
  const found = await findImage(engine, name);
  if (found !== null && !(await isOlder(engine, name, source))) return null;
  const isBuilt = isBuiltBridge(name);
  if (isBuilt && source === null) {
    throw new RuntimeError(
      `there is no ${BRIDGE_PROGRAM} for the bridge's image`,
      {
        code: 'BUILD_FAILED',
        suggestion:
          'make it: npm run bundle:bridge; or go without: --no-bridge',
      }
    );
  }
  onProgress?.({
    phase: isBuilt ? 'build' : 'create',
    text: isBuilt ? `building ${name}` : `pulling ${name}`,
    ...(found === null
      ? {}
      : { line: `${name} is of older code: it is built anew` }),
  });
  try {
    if (isBuilt) await build(record, source ?? '', tools);
    else await pull(record, tools);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new RuntimeError(`the bridge's image ${name} is not to be had`, {
      code: 'BUILD_FAILED',
      cause,
      suggestion: 'mend what it says; or go without a bridge: --no-bridge',
    });
  }
  return found === null ? null : { name, id: found.id };
}

async function build(
  { stack, variables }: Pick<DockerRecord, 'stack' | 'variables'>,
  source: string,
  { engine, compose, signal }: BridgeTools
): Promise<void> {
  const { code, lastLines } = await composeBuild(await compose(), stack, {
    engine,
    service: BRIDGE_SERVICE,
    buildArguments: { [SOURCE_ARGUMENT]: source },
    variables,
    signal,
    deadlineMs: BUILD_MS,
  });
  if (code === 0) return;
  const quotes = lastLines
    .slice(-QUOTED)
    .map((line) => `\n  | ${line.slice(0, 300)}`);
  throw new RuntimeError(
    `the build ended with ${code ?? 'a signal'}:${quotes.join('')}`,
    { code: 'BUILD_FAILED' }
  );
}

async function pull(
  { stack, variables }: Pick<DockerRecord, 'stack' | 'variables'>,
  { compose, signal }: BridgeTools
): Promise<void> {
  await runCompose(await compose(), stack, {
    view: 'with-overlay',
    args: ['pull', BRIDGE_SERVICE],
    variables,
    signal,
    deadlineMs: BUILD_MS,
  });
}

/** Removes an image that has lost its name, unless it is run or has another. */
export async function removeFormer(
  engine: Engine,
  former: FormerImage | null
): Promise<void> {
  if (former !== null) await removeUnused(engine, former.id);
}

/** Gives an image its name again, and removes the one that had taken it. */
export async function giveNameBack(
  engine: Engine,
  former: FormerImage | null
): Promise<void> {
  if (former === null) return;
  const { name, id } = former;
  const taker = await findImage(engine, name);
  const at = name.lastIndexOf(':');
  const [repo, tag] = [name.slice(0, at), name.slice(at + 1)];
  await askEngine(engine, (docker) => docker.getImage(id).tag({ repo, tag }));
  if (taker !== null && taker.id !== id) await removeUnused(engine, taker.id);
}

async function removeUnused(engine: Engine, id: string): Promise<void> {
  try {
    await askEngine(engine, async (docker) => {
      const image = docker.getImage(id);
      // By its id the engine would also take a name that somebody has given it.
      const { RepoTags: names } = await image.inspect();
      if (names.length === 0) await image.remove();
    });
  } catch (error) {
    // Gone already, or somebody else runs it.
    const status = statusOf(error);
    if (status !== 404 && status !== 409) throw error;
  }
}
