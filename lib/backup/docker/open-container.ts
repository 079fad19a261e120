import { readyProbe, waitFor } from '../../health/index.js';
import { containerLog } from '../../runtime/docker/container-output.js';
import { inspectContainer } from '../../runtime/docker/container.js';
import {
  askEngine,
  statusOf,
  type Engine,
} from '../../runtime/docker/engine.js';
import { openExecTunnel } from '../../runtime/docker/exec-tunnel.js';
import type { Generation } from '../../runtime/docker/generation.js';
import { ownedLabels } from '../../runtime/docker/owned.js';
import { pause } from '../../runtime/pause.js';
import { BackupError, LOOK_AGAIN } from '../backup-error.js';
import type { OpenedIndex } from '../index-opener.js';
import { FLOOR_SETTING } from './disk-floor.js';

/** What is opened, and by which image. */
export interface OpenContainerOptions {
  readonly engine: Engine;
  readonly image: string;
  readonly source: string;
  readonly user: string;
  readonly generation: Generation;
}

/** Exit code of a container that was killed. */
const KILLED = 137;

/** How long a server may take to open its data: a large index takes a while (ms). */
const OPEN_MS = 300_000;
const API_PORT = 6789;

/**
 * A name that resolves nowhere: the real server tries a name for ever, while a
 * refused connection ends it after a few tries.
 */
const NO_STREAM = 'wss://no-stream.invalid/subscribe';

/** How a container that was to serve data has ended. */
export interface ContainerDeath {
  readonly message: string;
  readonly lastLines: readonly string[];
  /** By somebody, or for lack of memory: its data is not to blame. */
  readonly wasKilled: boolean;
}

/**
 * What it means that data was not served. Only a server that gave up by itself
 * speaks against the data: an engine that fails, a machine that is slow or has
 * no memory does not. Pure.
 *
 * @param death null: it has not ended
 */
export function openFailure(
  error: unknown,
  death: ContainerDeath | null
): BackupError {
  const said = error instanceof Error ? error.message : String(error);
  if (death !== null && !death.wasKilled) {
    return new BackupError(`the index does not open it: ${death.message}`, {
      code: 'MISMATCH',
      cause: error,
    });
  }
  const why = death === null ? said : death.message;
  return new BackupError(`it could not be looked at: ${why}`, {
    code: 'NOT_LOOKED_AT',
    cause: error,
    suggestion: LOOK_AGAIN,
  });
}

/**
 * Serves data in a container of its own that has no network, until closed. What
 * a killed run leaves of it, the next one removes.
 *
 * @throws BackupError MISMATCH where it does not open, NOT_LOOKED_AT; the
 *   signal's reason
 */
export async function openInContainer(
  { engine, image, source, user, generation }: OpenContainerOptions,
  signal: AbortSignal
): Promise<OpenedIndex> {
  signal.throwIfAborted();
  const id = await askEngine(
    engine,
    async (docker) => {
      const container = await docker.createContainer({
        Image: image,
        User: user,
        Env: [
          `JETSTREAM_URL=${NO_STREAM}`,
          'CONSTELLATION_LOG_LEVEL=error',
          // Nothing is added to it, so it need not wait for room.
          `${FLOOR_SETTING}=0`,
          ...(generation === null
            ? []
            : [`CONSTELLATION_GENERATION=${generation}`]),
        ],
        Labels: ownedLabels('look'),
        Healthcheck: { Test: ['NONE'] },
        HostConfig: {
          NetworkMode: 'none',
          Binds: [`${source}:/data`],
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges:true'],
          ReadonlyRootfs: true,
          Tmpfs: { '/tmp': 'size=16m,mode=1777' },
          PidsLimit: 200,
        },
      });
      return container.id;
    },
    60_000
  );
  const remove = async (): Promise<void> => {
    await askEngine(
      engine,
      async (docker) => {
        try {
          await docker.getContainer(id).remove({ force: true });
        } catch (error) {
          if (statusOf(error) !== 404) throw error; // somebody was faster
        }
      },
      60_000
    );
  };
  let closeTunnel = (): Promise<void> => Promise.resolve();
  const isDead = async (): Promise<ContainerDeath | null> => {
    const seen = await inspectContainer(engine, id);
    if (seen?.status === 'running') return null;
    if (seen === null) {
      const message = 'its container was removed';
      return { message, lastLines: [], wasKilled: true };
    }
    const lastLines = await containerLog(engine, id, 10);
    const message = lastLines.at(-1) ?? 'it said nothing';
    const wasKilled = seen.isOutOfMemory || seen.exitCode === KILLED;
    if (wasKilled) {
      const message = 'its container was killed, or had no memory left';
      return { message, lastLines, wasKilled };
    }
    return { message, lastLines, wasKilled };
  };
  try {
    await askEngine(
      engine,
      (docker) => docker.getContainer(id).start(),
      60_000
    );
    const tunnel = await openExecTunnel(engine, id, API_PORT);
    closeTunnel = tunnel.close;
    const api = `http://${tunnel.address}`;
    await waitFor(readyProbe(api, '/'), {
      deadlineMs: OPEN_MS,
      intervalMs: 250,
      signal,
      isDead,
    });
    return {
      api,
      explain: async (error) => {
        // The engine may tell of its end a little later.
        const death = (await isDead()) ?? (await pause(1000).then(isDead));
        return death === null ? error : openFailure(error, death);
      },
      close: async () => {
        await closeTunnel();
        await remove();
      },
    };
  } catch (error) {
    const death = await isDead().catch(() => null);
    await closeTunnel();
    await remove();
    signal.throwIfAborted();
    throw openFailure(error, death);
  }
}
