/**
 * Which folders of a volume a restore unpacks into. A hidden file beside names
 * each, until it is swapped in, so that what a killed restore has unpacked is
 * known from an index that was kept.
 */

import { DATA, type DataHelper } from '../../runtime/docker/data-helper.js';
import { currentGeneration } from '../../runtime/docker/generation.js';

const PREFIX = '.unpacking-';

/** Makes the folder of one, and notes that it is not whole yet. */
export async function beginGeneration(
  helper: DataHelper,
  generation: string
): Promise<void> {
  const script = ': >"$1/$2$3" && sync "$1/$2$3" && mkdir -m 750 "$1/$3"';
  await helper.run(['sh', '-c', script, 'sh', DATA, PREFIX, generation]);
}

/** It is whole, and about to be named; or it is gone. */
export async function endGeneration(
  helper: DataHelper,
  generation: string
): Promise<void> {
  await helper.run(['rm', '-f', `${DATA}/${PREFIX}${generation}`]);
}

/**
 * Removes what killed restores have unpacked. For the holder of the lock of the
 * state folder.
 */
export async function sweepGenerations(helper: DataHelper): Promise<void> {
  const current = (await currentGeneration(helper)) ?? '';
  const script = `cd "$1" && for note in "$2"generation-*; do
  [ -e "$note" ] || continue
  folder=\${note#"$2"}
  [ "$folder" = "$3" ] || rm -rf "./$folder"
  rm -f "./$note"
done`;
  await helper.run(['sh', '-c', script, 'sh', DATA, PREFIX, current], {
    limitMs: 600_000,
  });
}
