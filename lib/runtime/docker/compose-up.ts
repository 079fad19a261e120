import type { ComposeProgram } from './compose-program.js';
import type { ComposeStack } from './compose-stack.js';
import { findContainers } from './container.js';
import { askEngine, statusOf, type Engine } from './engine.js';
import { halfMade } from './half-made.js';
import { runCompose, type ComposeCall } from './run-compose.js';
import { waitForStop } from './stop-under-way.js';

/** What is brought up. */
export interface ComposeUp extends Omit<ComposeCall, 'args'> {
  readonly engine: Engine;
  readonly services: readonly string[];
  /** Further flags of `up`. */
  readonly flags?: readonly string[] | undefined;
}

/**
 * Makes containers of services anew where they are other ones, of images that
 * are there. What an `up` that was interrupted has left goes first.
 *
 * @throws RuntimeError COMPOSE_FAILED; the signal's reason
 */
export async function composeUp(
  program: ComposeProgram,
  stack: ComposeStack,
  { engine, services, flags = [], ...call }: ComposeUp
): Promise<void> {
  for (const service of services) {
    const found = await findContainers(engine, stack.project, service);
    for (const one of found.filter(({ status }) => status === 'running')) {
      await waitForStop(engine, one, call.signal);
    }
    for (const { id } of halfMade(found)) await remove(engine, id);
  }
  await runCompose(program, stack, {
    ...call,
    args: ['up', '-d', ...flags, '--no-build', ...services],
  });
}

/** Not by force: it was never started, and if it has been, it stays. */
async function remove(engine: Engine, id: string): Promise<void> {
  try {
    await askEngine(engine, (docker) => docker.getContainer(id).remove());
  } catch (error) {
    // Gone already, or going.
    const status = statusOf(error);
    if (status !== 404 && status !== 409) throw error;
  }
}
