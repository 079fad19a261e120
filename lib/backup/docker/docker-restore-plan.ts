import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import {
  currentGeneration,
  folderOf,
  knowsGenerations,
  newGeneration,
  type Generation,
} from '../../runtime/docker/generation.js';
import { BackupError } from '../backup-error.js';
import type { ServerFacts } from '../manifest/manifest.js';
import { assertRestorable, gapWarning } from '../restore/restore-checks.js';
import type { RestorePlan, RestoreWish } from '../restore/restore-plan.js';
import {
  findDockerIndex,
  openHelper,
  type DockerIndex,
} from './docker-index.js';
import { filesSize } from './volume-size.js';

/** What a restore into a container's volume would do. */
export interface DockerRestorePlan extends RestorePlan {
  readonly index: DockerIndex;
  /** The index that is served now, and the one that will be. */
  readonly current: Generation;
  readonly next: string;
}

/**
 * Looks at what there is. Nothing is changed.
 *
 * @param anyVersion whether another version of the server may open it
 * @throws BackupError NOTHING_FOUND, WRONG_RUNTIME, WRONG_VERSION,
 *   SAMPLE_MISMATCH, NOT_SUPPORTED; RuntimeError
 */
export async function planDockerRestore(
  runtime: DockerRuntime,
  { backup, dataPath, wasRunning }: RestoreWish,
  now: Date,
  anyVersion: boolean
): Promise<DockerRestorePlan> {
  const index = await findDockerIndex(runtime);
  if (dataPath !== undefined && dataPath !== index.source) {
    throw new BackupError(
      `the index in the container has its data in ${index.source}, not in ${dataPath}`,
      {
        code: 'NOT_SUPPORTED',
        suggestion: `set it up there first: npx zx scripts/setup.ts --runtime docker --data ${dataPath}`,
      }
    );
  }
  if (!knowsGenerations(index.image)) {
    throw new BackupError(
      `the image ${index.imageName} serves what is in its volume's own folder only, so nothing can be put beside it`,
      {
        code: 'NOT_SUPPORTED',
        suggestion: 'build the image anew: npx zx scripts/setup.ts --upgrade',
      }
    );
  }
  const status = await runtime.status();
  const runs = index.container?.status === 'running';
  const { current, sizeBytes } = await presentData(index);
  const present = sizeBytes === 0 ? null : { sizeBytes, sample: false };
  const { manifest } = backup;
  assertRestorable(manifest, { runtime: 'docker', storeFormat: null, present });
  assertSameServer(manifest.server, index, anyVersion);
  const next = newGeneration(now);
  const named = (one: Generation): string => `${index.source}:${folderOf(one)}`;
  return {
    backup,
    index,
    current,
    next,
    dataPath: index.source,
    present,
    freshPath: named(next),
    keptPath: named(current),
    stops: runs,
    startsAfter: runs || wasRunning,
    config: status.config,
    warning: gapWarning(manifest.index.cursorUs, now.getTime()),
  };
}

async function presentData(
  index: DockerIndex
): Promise<{ readonly current: Generation; readonly sizeBytes: number }> {
  const helper = await openHelper(index);
  try {
    const current = await currentGeneration(helper);
    return { current, sizeBytes: await filesSize(helper, folderOf(current)) };
  } finally {
    await helper.close();
  }
}

/**
 * Whether the image that runs may open what another one wrote. Pure.
 *
 * @throws BackupError WRONG_RUNTIME, WRONG_VERSION with the way out
 */
export function assertSameServer(
  server: ServerFacts,
  { image, imageName }: Pick<DockerIndex, 'image' | 'imageName'>,
  anyVersion: boolean
): void {
  const theirs = server.image ?? server.imageDigest ?? 'another image';
  if (server.kind !== image.server) {
    throw new BackupError(
      `it was written by ${theirs} (${server.kind ?? 'an unknown server'}), which ${imageName} (${image.server ?? 'an unknown server'}) cannot read`,
      {
        code: 'WRONG_VERSION',
        suggestion: `set up the same image first: CONSTELLATION_IMAGE=${theirs} npx zx scripts/setup.ts`,
      }
    );
  }
  const isSame =
    server.imageDigest === image.id ||
    (server.version !== null &&
      server.version !== '' &&
      server.version === image.version);
  if (isSame || anyVersion) return;
  throw new BackupError(
    `it was written by version ${server.version ?? 'unknown'} of the server (${theirs}), ${imageName} has version ${image.version ?? 'unknown'}`,
    {
      code: 'WRONG_VERSION',
      suggestion: `set up that version first (CONSTELLATION_IMAGE=${theirs}), or let this one try, which is looked at before the swap: --any-version`,
    }
  );
}
