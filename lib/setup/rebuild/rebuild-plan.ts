import { formatBytes } from '../../cli/index.js';
import {
  findDockerIndex,
  type DockerIndex,
} from '../../backup/docker/docker-index.js';
import type { DockerRecord } from '../../runtime/docker/docker-record.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { knowsGenerations } from '../../runtime/docker/generation.js';
import { anewText, imagesToKeep } from '../../runtime/docker/kept-images.js';
import { runningServices } from '../../runtime/docker/recreate-services.js';
import type { StateFolder } from '../../runtime/state-folder.js';
import type { RecordKeeper } from '../record-keeper.js';
import type { PlannedStep } from '../run-steps.js';
import { SetupError } from '../setup-error.js';

/** What a rebuild would begin anew. */
export interface RebuildPlan {
  readonly runtime: DockerRuntime;
  readonly record: DockerRecord;
  readonly index: DockerIndex;
  /** What it does before the setup that follows, for people. */
  readonly text: string;
}

/**
 * Looks at what there is. Nothing is changed.
 *
 * @throws SetupError NOTHING_FOUND, PREREQUISITE; BackupError, RuntimeError
 */
export async function planRebuild(
  folder: StateFolder,
  keeper: RecordKeeper
): Promise<RebuildPlan> {
  const runtime = new DockerRuntime({ folder });
  const record = await runtime.record();
  if (record === null) {
    const other = keeper.current?.runtime;
    throw new SetupError(
      other === 'embedded'
        ? `--rebuild is for an index in a container; in ${folder.path} the embedded one is set up`
        : `no index in a container is set up in ${folder.path}`,
      {
        code: 'NOTHING_FOUND',
        suggestion:
          other === 'embedded'
            ? 'to begin that anew: npx zx scripts/teardown.ts --data, then npx zx scripts/setup.ts'
            : 'npx zx scripts/setup.ts --runtime docker',
      }
    );
  }
  const index = await findDockerIndex(runtime);
  if (!knowsGenerations(index.image)) {
    throw new SetupError(
      `the image ${index.imageName} cannot keep an old index beside a new one`,
      {
        code: 'PREREQUISITE',
        suggestion: 'build it anew first: npx zx scripts/setup.ts --upgrade',
      }
    );
  }
  const { sizeBytes } = await runtime.data();
  const told = keeper.current?.appview ?? keeper.earlier?.appview ?? null;
  const { stack } = record;
  const services =
    told === null ? [] : await runningServices(runtime, stack, stack.switched);
  const kept = await imagesToKeep(runtime.engine, stack.project, services);
  const text = rebuildText({
    source: index.source,
    sizeBytes,
    container: index.container?.name ?? null,
    services,
    kept: [...kept.keys()],
  });
  return { runtime, record, index, text };
}

/** What is begun anew, and what is told of it. */
export interface RebuildFacts {
  /** Volume, or folder. */
  readonly source: string;
  /** Of all that is in it; null: not known. */
  readonly sizeBytes: number | null;
  /** Null: there is none at present. */
  readonly container: string | null;
  /** Of the AppView that ask the index. */
  readonly services: readonly string[];
  /** Those of them that keep an image whose name means another by now. */
  readonly kept: readonly string[];
}

/** A rebuild in a sentence. Pure. */
export function rebuildText({
  source,
  sizeBytes,
  container,
  services,
  kept,
}: RebuildFacts): string {
  const size = sizeBytes === null ? '' : ` (${formatBytes(sizeBytes)})`;
  const how =
    'without CONSTELLATION_LOCAL_SINCE, so that the remote is asked about everything';
  return [
    anewText(services, kept, how),
    container === null ? null : `stop ${container}`,
    `begin a new, empty index in ${source}; what is there${size} is kept until backup.ts restore --discard-old`,
    'start the container on the new one',
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/**
 * A plan of setup with what a rebuild does before: it is what makes the start
 * needed. Pure.
 */
export function withRebuild(
  planned: readonly PlannedStep[],
  { text }: Pick<RebuildPlan, 'text'>
): readonly PlannedStep[] {
  return planned.map((step) =>
    step.id === 'start' ? { ...step, needed: true, text } : step
  );
}
