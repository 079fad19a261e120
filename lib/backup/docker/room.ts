/** Whether there is room where the engine keeps an index. */

import { formatBytes } from '../../cli/index.js';
import { DATA, type DataHelper } from '../../runtime/docker/data-helper.js';
import { BackupError } from '../backup-error.js';
import { FLOOR_SETTING } from './disk-floor.js';

/** What is looked at, and what has to stay free there. */
export interface RoomPlace {
  /** Volume, or folder of the engine's machine. */
  readonly source: string;
  /** With less the index that has its data there would not start (bytes); 0: any. */
  readonly floorBytes: number;
}

/** Left free beside what is copied, where no more has to be (bytes). */
const RESERVE_BYTES = 16 * 1024 * 1024;

const WAY_OUT =
  'free some space there: docker system df says what takes it; what restores have kept goes with npx zx scripts/backup.ts restore --discard-old';

/** @throws BackupError NO_SPACE */
export async function assertRoom(
  helper: DataHelper,
  neededBytes: number,
  { source, floorBytes }: RoomPlace
): Promise<void> {
  const text = await helper.run(['df', '-B1', '--output=avail', DATA]);
  const freeBytes = Number(/\n\s*(\d+)\s*$/.exec(text)?.[1] ?? Number.NaN);
  if (!Number.isFinite(freeBytes)) return;
  if (freeBytes >= neededBytes + Math.max(RESERVE_BYTES, floorBytes)) return;
  const beside =
    floorBytes > RESERVE_BYTES
      ? `, beside ${formatBytes(floorBytes)} without which the server does not start (${FLOOR_SETTING})`
      : '';
  throw new BackupError(
    `${formatBytes(neededBytes)} are needed where the engine keeps ${source}${beside}, ${formatBytes(freeBytes)} are free`,
    { code: 'NO_SPACE', suggestion: WAY_OUT }
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
