import { INDEX_SERVICE } from '../../compose/index.js';
import { readyProbe, waitFor } from '../../health/index.js';
import { deathOf } from '../death.js';
import type { RuntimeActionOptions } from '../runtime.js';
import { composeUp } from './compose-up.js';
import type { DockerRecord } from './docker-record.js';
import type { DockerRuntime } from './docker-runtime.js';

/** How long the API may take until it listens: a large index is opened (ms). */
const LISTEN_MS = 120_000;

/**
 * Makes the container that a record says, where it is another one, and waits
 * until its API listens. Nothing is written down.
 *
 * @throws RuntimeError COMPOSE_FAILED; HealthError DEADLINE, DIED; the
 *   signal's reason
 */
export async function bringUpIndex(
  runtime: DockerRuntime,
  { stack, variables }: DockerRecord,
  { signal, onProgress, deadlineMs = LISTEN_MS }: RuntimeActionOptions
): Promise<void> {
  onProgress?.({
    phase: 'start',
    text: `starting container ${INDEX_SERVICE}`,
  });
  await composeUp(await runtime.compose(signal), stack, {
    engine: runtime.engine,
    view: 'with-overlay',
    services: [INDEX_SERVICE],
    flags: ['--no-deps'],
    variables,
    signal,
  });
  // Only now the ports are known.
  const { urls } = await runtime.status();
  onProgress?.({ phase: 'wait', text: 'waiting until the index listens' });
  await waitFor(readyProbe(urls?.api ?? '', '/'), {
    deadlineMs,
    signal,
    isDead: () => deathOf(runtime),
  });
}
