import { RuntimeError } from '../runtime-error.js';

/** Where an index is, and where it would be. */
export interface IndexProjects {
  /** Of an earlier run; null: there was none. */
  readonly from: string | null;
  /** Its container there; null: it is gone. */
  readonly container: string | null;
  readonly to: string;
}

/**
 * An index stays in its project: in another one it would begin anew, on another
 * volume, and nobody would find the first one again. Pure.
 *
 * @throws RuntimeError BAD_STACK with the way that takes its data along
 */
export function assertSameProject({
  from,
  container,
  to,
}: IndexProjects): void {
  if (from === null || container === null || from === to) return;
  throw new RuntimeError(
    `the index is in project ${from} (container ${container}), out of reach of the containers of project ${to}`,
    {
      code: 'BAD_STACK',
      suggestion: `npx zx scripts/teardown.ts --containers ends that one and keeps its volume; then setup begins a new index in ${to}. To take its data along: npx zx scripts/backup.ts create before, npx zx scripts/backup.ts restore after`,
    }
  );
}
