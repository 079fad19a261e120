import type { ContainerFacts } from '../../runtime/docker/container.js';
import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import {
  currentGeneration,
  folderOf,
} from '../../runtime/docker/generation.js';
import { sweepOwnerless } from '../../runtime/docker/owned.js';
import { acquireLock, type StateFolder } from '../../runtime/index.js';
import { BackupError } from '../backup-error.js';
import { findBackups } from '../backup-folder.js';
import type { SnapshotMethod } from '../manifest/manifest.js';
import type {
  Snapshot,
  SnapshotFacts,
  SnapshotOptions,
  SnapshotPlan,
  Snapshotter,
} from '../snapshotter.js';
import { filesSize } from './volume-size.js';
import {
  findDockerIndex,
  openHelper,
  type DockerIndex,
} from './docker-index.js';
import { COPY_MS, copyHeld, type CopyPlace } from './held-copy.js';
import { copiedFacts, hotCopy } from './hot-copy.js';
import {
  liveFacts,
  livePlaces,
  livePlacesAgain,
  liveTotals,
  unchangedPlaces,
} from './live-facts.js';
import { liveOf, urlsFrom } from './reach.js';
import { assertRoom, explainFullVolume } from './room.js';
import { removeSnapshot } from './remove-snapshot.js';
import { copyAll, eachFileOf, makeSnapshotFolder } from './volume-snapshot.js';

/** What a snapshotter of the Docker runtime works with. */
export interface DockerSnapshotterOptions {
  readonly runtime: DockerRuntime;
  readonly folder: StateFolder;
  /** Where earlier backups are: what they counted is counted again. */
  readonly backups: string;
  /**
   * Network of the engine in which this process is, being in a container; null:
   * it is on the engine's machine, where ports are published.
   */
  readonly network: string | null;
}

const PLANS: Readonly<Record<SnapshotMethod, string>> = {
  'hot-copy':
    'have the container copy its store while it runs; the API goes on answering',
  freeze:
    'freeze the container for the moment it takes to link its files (a second or two), then archive from the links',
  stop: 'STOP the container cleanly, copy its files, start it again: the API is away all that time',
};

/** The index in a container. Which way is taken, the image's label says. */
export class DockerSnapshotter implements Snapshotter {
  readonly runtime = 'docker';
  readonly #options: DockerSnapshotterOptions;

  constructor(options: DockerSnapshotterOptions) {
    this.#options = options;
  }

  async plan(): Promise<SnapshotPlan> {
    const index = await findDockerIndex(this.#options.runtime);
    const container = assertReadable(index);
    const helper = await openHelper(index);
    let sizeBytes: number;
    try {
      const generation = await currentGeneration(helper);
      sizeBytes = await filesSize(helper, folderOf(generation));
    } finally {
      await helper.close();
    }
    const method = methodFor(index);
    return {
      method,
      text: PLANS[method],
      source: `${index.source} (${container.name})`,
      sizeBytes,
      scratchBytes: 0, // the snapshot is made where the data is
    };
  }

  async take(_folder: string, options: SnapshotOptions): Promise<Snapshot> {
    const { runtime, folder } = this.#options;
    const { signal } = options;
    signal.throwIfAborted();
    const index = await findDockerIndex(runtime);
    const container = assertReadable(index);
    const lock = await acquireLock(`${folder.held}.lock`, {
      purpose: 'a snapshot',
      signal,
    });
    const undo: Array<() => Promise<void>> = [() => lock.release()];
    const release = async (): Promise<void> => {
      const failures: unknown[] = [];
      for (const step of undo.splice(0).toReversed()) {
        await step().catch((error: unknown) => void failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    };
    try {
      await sweepOwnerless(index.engine);
      const helper = await openHelper(index);
      undo.push(() => helper.close());
      const from = folderOf(await currentGeneration(helper));
      const to = await makeSnapshotFolder(helper, `${process.pid}`);
      let mayCopy = true;
      undo.push(() => removeSnapshot(index, helper, to, mayCopy));
      const where = { index, container, helper, from, to };
      const copied = await this.#copy(where, options);
      mayCopy = false;
      return {
        ...copied,
        eachFile: (take) => eachFileOf(helper, to, take),
        release,
      };
    } catch (error) {
      // What went wrong is worth more than what is left behind.
      await release().catch(() => undefined);
      throw explainFullVolume(error, index.source);
    }
  }

  async #copy(
    where: CopyPlace,
    options: SnapshotOptions
  ): Promise<Pick<Snapshot, 'method' | 'facts' | 'pauseMs'>> {
    const { index, container, helper, from, to } = where;
    const { engine } = index;
    const { signal } = options;
    const file = this.#options.folder.held;
    const planned = methodFor(index);
    if (container.status === 'exited') {
      await assertRoom(helper, await filesSize(helper, from), index);
      await copyAll(helper, from, to, { limitMs: COPY_MS, signal });
      const facts = factsOf(index, await copiedFacts(helper, to));
      return { method: 'stop', facts, pauseMs: 0 };
    }
    if (planned === 'hot-copy') {
      await assertRoom(helper, await filesSize(helper, from), index);
      await helper.run(['cp', '-t', to, `${from}/constellation-embedded.json`]);
      await hotCopy(engine, container.id, from, to, signal);
      const facts = await copiedFacts(helper, to);
      return { method: planned, facts: factsOf(index, facts), pauseMs: 0 };
    }
    const live = liveOf(index, container, this.#options.network);
    const known = await this.#knownTargets();
    const before = {
      index: await liveFacts(live, signal),
      places: await livePlaces(live, known, signal),
    };
    const { network } = this.#options;
    const { method, awayMs } = await copyHeld(
      where,
      planned,
      { file, urlsOf: (one) => urlsFrom(one, network) },
      options
    );
    const totalsAfter = await liveTotals(live.api, signal);
    const after = await livePlacesAgain(live.api, before.places, signal);
    return {
      method,
      facts: factsOf(index, {
        index: { ...before.index, totalsAfter },
        sentinels: unchangedPlaces(before.places, after),
      }),
      pauseMs: awayMs,
    };
  }

  async #knownTargets(): Promise<readonly string[]> {
    const found = await findBackups(this.#options.backups);
    const targets = found.flatMap(({ manifest }) =>
      manifest?.runtime === 'docker'
        ? manifest.sentinels.map(({ target }) => target)
        : []
    );
    return [...new Set(targets)].slice(0, 40);
  }
}

/** By the image's label, never by a guess. Pure. */
function methodFor({ image }: DockerIndex): SnapshotMethod {
  switch (image.server) {
    case 'embedded':
      return 'hot-copy';
    case 'constellation':
      return 'freeze';
    case null:
      return 'stop';
  }
}

/** A store of LMDB's can be read at rest; the real server's counts only by its API. */
function assertReadable({ container, image }: DockerIndex): ContainerFacts {
  if (container?.status === 'running') return container;
  if (container?.status === 'exited' && image.server === 'embedded') {
    return container;
  }
  throw new BackupError(
    container === null
      ? 'the index has no container'
      : `container ${container.name} is ${container.status}`,
    {
      code: 'SNAPSHOT_FAILED',
      suggestion:
        container?.status === 'paused'
          ? `let it go on first: docker unpause ${container.name}`
          : 'start it first: npx zx scripts/setup.ts',
    }
  );
}

function factsOf(
  { image, imageName, since }: DockerIndex,
  {
    index,
    sentinels,
    ...rest
  }: Pick<SnapshotFacts, 'index' | 'sentinels'> & Partial<SnapshotFacts>
): SnapshotFacts {
  return {
    server: {
      kind: image.server,
      version: image.version,
      image: imageName,
      imageDigest: image.id,
      storeFormat: rest.server?.storeFormat ?? null,
    },
    sample: rest.sample ?? false,
    index: { ...index, completeSince: index.completeSince ?? since },
    sentinels,
  };
}
