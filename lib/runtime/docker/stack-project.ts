import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { RuntimeError } from '../runtime-error.js';
import { COMPOSE_LABELS } from './container.js';
import { askEngine, type Engine } from './engine.js';

/**
 * Projects of which containers were made from the files of a folder, and that
 * folder as Compose was told it: by a link, or without.
 */
export async function projectsIn(
  engine: Engine,
  folder: string
): Promise<ReadonlyMap<string, string>> {
  const { project, oneOff, workingDir } = COMPOSE_LABELS;
  const listed = await askEngine(engine, (docker) =>
    docker.listContainers({
      all: true,
      filters: { label: [project, `${oneOff}=False`] },
    })
  );
  const own = await real(folder);
  const found = new Map<string, string>();
  for (const { Labels: labels } of listed) {
    const where = labels[workingDir] ?? '';
    const name = labels[project] ?? '';
    if (where === '' || name === '') continue;
    if ((await real(where)) === own) found.set(name, where);
  }
  return found;
}

/** What the name of a stack's project follows from. */
export interface ProjectFacts {
  /** By flag. */
  readonly named: string | null;
  /** As its files and its `.env` have it, or its folder. */
  readonly usual: string;
  /** As an earlier run found it; null: there was none. */
  readonly earlier: string | null;
  /** Of which there are containers. */
  readonly there: ReadonlyMap<string, unknown>;
}

/**
 * The project of an AppView. One that was started under another name than its
 * files have (`-p NAME`, `COMPOSE_PROJECT_NAME` of a shell) is found by its
 * containers: in a project of its own the index would be out of its reach.
 * Pure.
 *
 * @throws RuntimeError BAD_STACK where several run
 */
export function chooseProject({
  named,
  usual,
  earlier,
  there,
}: ProjectFacts): string {
  if (named !== null) return named;
  if (there.has(usual)) return usual;
  if (earlier !== null && (there.size === 0 || there.has(earlier))) {
    return earlier;
  }
  const [only, ...more] = there.keys();
  if (only === undefined) return usual;
  if (more.length === 0) return only;
  throw new RuntimeError(
    `the AppView has containers of several projects: ${[...there.keys()].join(', ')}`,
    {
      code: 'BAD_STACK',
      suggestion: `name the one that is meant: --project-name ${only}`,
    }
  );
}

async function real(folder: string): Promise<string> {
  return await realpath(folder).catch(() => path.resolve(folder));
}
