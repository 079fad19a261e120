/** Whether there is room where the engine keeps an index. */

import { formatBytes } from '../../cli/index.js';
import { DATA, type DataHelper } from '../../runtime/docker/data-helper.js';
import { BackupError } from '../backup-error.js';
import { besideText, leftFree, type DiskFloor } from '../space-check.js';

/** What is looked at, and what has to stay free there. */
export interface RoomPlace {
  /** Volume, or folder of the engine's machine. */
  readonly source: string;
  readonly floor: DiskFloor;
  /** Where there is too little: the last words of what to do. */
  readonly orElse?: string | undefined;
}

const WAY_OUT =
  'free some space there: docker system df says what takes it; what restores have kept goes with npx zx scripts/backup.ts restore --discard-old';

/** @throws BackupError NO_SPACE */
export async function assertRoom(
  helper: DataHelper,
  neededBytes: number,
  { source, floor, orElse = '' }: RoomPlace
): Promise<void> {
  const text = await helper.run(['df', '-B1', '--output=avail', DATA]);
  const freeBytes = Number(/\n\s*(\d+)\s*$/.exec(text)?.[1] ?? Number.NaN);
  if (!Number.isFinite(freeBytes)) return;
  if (freeBytes >= neededBytes + leftFree(floor)) return;
  throw new BackupError(
    `${formatBytes(neededBytes)} are needed where the engine keeps ${source}${besideText(floor)}, ${formatBytes(freeBytes)} are free`,
    { code: 'NO_SPACE', suggestion: WAY_OUT + orElse }
  );
}

/**
 * A disk that got full meanwhile as an error with a way out; any other error as
 * it is. The engine and the programs in a container tell it in words alone.
 */
export function explainFullVolume(error: unknown, source: string): unknown {
  const said = error instanceof Error ? error.message : String(error);
  if (!/no space left on device|disk quota exceeded/i.test(said)) return error;
  return new BackupError(
    `there is no space left where the engine keeps ${source}`,
    { code: 'NO_SPACE', cause: error, suggestion: WAY_OUT }
  );
}
