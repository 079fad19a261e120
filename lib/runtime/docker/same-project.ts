import { RuntimeError } from '../runtime-error.js';
import type { Sighting } from './index-container.js';
import type { WantedIndex } from './wanted-index.js';

/**
 * An index stays in its project: in another one it would begin anew, on another
 * volume, and nobody would find the first one again.
 *
 * @throws RuntimeError BAD_STACK with the way that takes its data along
 */
export function assertSameProject(
  { record, container }: Pick<Sighting, 'record' | 'container'>,
  { stack }: Pick<WantedIndex, 'stack'>
): void {
  if (record === null || container === null) return;
  const { project } = record.stack;
  if (project === stack.project) return;
  throw new RuntimeError(
    `the index is in project ${project} (container ${container.name}), out of reach of the containers of project ${stack.project}`,
    {
      code: 'BAD_STACK',
      suggestion: `npx zx scripts/teardown.ts --containers ends that one and keeps its volume; then setup begins a new index in ${stack.project}. To take its data along: npx zx scripts/backup.ts create before, npx zx scripts/backup.ts restore after`,
    }
  );
}
