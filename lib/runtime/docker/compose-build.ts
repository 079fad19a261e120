/** A build by Compose, and what a classic builder would leave of it. */

import type { ComposeProgram } from './compose-program.js';
import type { ComposeStack } from './compose-stack.js';
import { askEngine, statusOf, type Engine } from './engine.js';
import { callCompose, type ComposeCall } from './run-compose.js';
import type { ProgramEnd } from './run-program.js';

/** What is built. */
export interface ComposeBuild extends Omit<ComposeCall, 'view' | 'args'> {
  readonly engine: Engine;
  readonly service: string;
  /** Besides those of the compose file. */
  readonly buildArguments?: Readonly<Record<string, string>> | undefined;
}

/**
 * Builds the image of a service, whatever the exit code. Where it fails or is
 * aborted, the container of the step that it was at goes: only Compose 1 has a
 * `--force-rm` that works.
 *
 * @throws as runProgram
 */
export async function composeBuild(
  program: ComposeProgram,
  stack: ComposeStack,
  {
    engine,
    service,
    buildArguments = {},
    onLine,
    variables,
    ...options
  }: ComposeBuild
): Promise<ProgramEnd> {
  const given = Object.entries(buildArguments).flatMap(([name, value]) => [
    '--build-arg',
    `${name}=${value}`,
  ]);
  const before = await containerIds(engine);
  let container: string | null = null;
  const sweep = async (): Promise<void> => {
    if (container === null) return;
    await removeStep(engine, container, before);
  };
  try {
    const end = await callCompose(program, stack, {
      ...options,
      view: 'with-overlay',
      args: ['build', ...given, service],
      // One line a step instead of a screen that is drawn again and again.
      variables: { ...variables, BUILDKIT_PROGRESS: 'plain' },
      onLine: (line) => {
        container = stepContainer(container, line);
        onLine?.(line);
      },
    });
    if (end.code !== 0) await sweep();
    return end;
  } catch (error) {
    await sweep();
    throw error;
  }
}

const BEGUN = /^ ---> Running in ([0-9a-f]{12})$/;
const REMOVED = /^(?: ---> )?Removing intermediate container ([0-9a-f]{12})$/;

/**
 * The container of the step that a classic builder is at, after one more line.
 * BuildKit has none. Pure.
 *
 * @param at the one before that line
 */
export function stepContainer(at: string | null, line: string): string | null {
  const begun = BEGUN.exec(line)?.[1];
  if (begun !== undefined) return begun;
  return REMOVED.exec(line)?.[1] === at ? null : at;
}

async function containerIds(engine: Engine): Promise<readonly string[]> {
  const listed = await askEngine(engine, (docker) =>
    docker.listContainers({ all: true })
  );
  return listed.map(({ Id }) => Id);
}

/** @param before ids that the build cannot have made, whatever its steps print */
async function removeStep(
  engine: Engine,
  container: string,
  before: readonly string[]
): Promise<void> {
  if (before.some((id) => id.startsWith(container))) return;
  try {
    await askEngine(engine, (docker) =>
      docker.getContainer(container).remove({ force: true, v: true })
    );
  } catch (error) {
    // The engine may be at it, or done; how the build ended matters more.
    if (statusOf(error) === null) throw error;
  }
}
