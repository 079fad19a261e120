import {
  askEngine,
  statusOf,
  type Engine,
} from '../../runtime/docker/engine.js';
import { pause } from '../../runtime/pause.js';
import { BackupError } from '../backup-error.js';

/**
 * A process that waits for its disk cannot be frozen at that moment: seen with
 * runc on cgroup v1, under a RocksDB that was written to without a pause.
 */
const TRIES = 5;
const AGAIN_MS = 500;

/**
 * Freezes a container.
 *
 * @throws BackupError NOT_FROZEN where the engine cannot: a rootless one without
 *   cgroup v2, say; its error where it is something else; the signal's reason
 */
export async function freeze(
  engine: Engine,
  id: string,
  signal: AbortSignal
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      await askEngine(engine, (docker) => docker.getContainer(id).pause());
      return;
    } catch (error) {
      const status = statusOf(error);
      if (status === null || status < 500) throw error;
      if (tries === TRIES) throw notFrozen(error);
    }
    await pause(AGAIN_MS);
  }
}

function notFrozen(cause: unknown): BackupError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const reason = said.replace(/^\(HTTP code \d+\)[^-]*- /, '').trim();
  return new BackupError(`the engine cannot freeze the container (${reason})`, {
    code: 'NOT_FROZEN',
    cause,
    suggestion: 'docker info says which cgroups it has',
  });
}
