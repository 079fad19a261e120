/**
 * Which of the indexes in a volume is served. One is in the volume's own folder;
 * a restore or a rebuild makes another in a folder beside it, named by a file
 * that the image's entrypoint reads at each start. Writing that file is one
 * rename, so at every moment one whole index is named, and it is named where
 * the data is: no variable of Compose can come to say otherwise.
 */

import { randomBytes } from 'node:crypto';
import { GENERATION_FILE, isGeneration } from '../generation-name.js';
import { DATA, type DataHelper } from './data-helper.js';
import type { ImageFacts } from './image.js';

/** What an image's label has to say that its entrypoint reads that file. */
const GENERATIONS_LABEL = 'constellation-local.generations';

/** A folder in the volume; null: the volume's own. */
export type Generation = string | null;

/** Whether containers of an image serve what the file names. */
export function knowsGenerations({ labels }: ImageFacts): boolean {
  return labels[GENERATIONS_LABEL] === '1';
}

/** The name of a new one. */
export function newGeneration(now: Date): string {
  const time = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  return `generation-${time}-${randomBytes(3).toString('hex')}`;
}

/** Where it is in a container that has the volume. */
export function folderOf(generation: Generation): string {
  return generation === null ? DATA : `${DATA}/${generation}`;
}

/** The one that is named; null: the volume's own folder. */
export async function currentGeneration(
  helper: DataHelper
): Promise<Generation> {
  const file = `${DATA}/${GENERATION_FILE}`;
  const script = 'if [ -e "$1" ]; then head -c 100 "$1"; fi';
  const text = (await helper.run(['sh', '-c', script, 'sh', file])).trim();
  return isGeneration(text) ? text : null;
}

/** Names another one, in a single rename. */
export async function nameGeneration(
  helper: DataHelper,
  generation: Generation
): Promise<void> {
  const file = `${DATA}/${GENERATION_FILE}`;
  const script =
    generation === null
      ? 'rm -f "$1" && sync "$(dirname "$1")"'
      : 'printf "%s\\n" "$2" >"$1.new" && sync "$1.new" && mv -f "$1.new" "$1" && sync "$(dirname "$1")"';
  await helper.run(['sh', '-c', script, 'sh', file, generation ?? '']);
}

/** An index in a volume that is not the one that is served. */
export interface OtherGeneration {
  readonly generation: Generation;
  readonly sizeBytes: number;
}

/** All but the current one. */
export async function otherGenerations(
  helper: DataHelper,
  current: Generation
): Promise<readonly OtherGeneration[]> {
  // Files of the volume's own folder, then the folders that are ours.
  const script = `cd "$1"
own=$(find . -maxdepth 1 -type f ! -name '.*' -printf '%s\\n' | awk '{s += $1} END {print s + 0}')
echo "own $own"
for folder in generation-*; do
  [ -d "$folder" ] || continue
  echo "$folder $(du -s -B1 "$folder" | cut -f1)"
done`;
  const text = await helper.run(['sh', '-c', script, 'sh', DATA], {
    limitMs: 120_000,
  });
  return text.split('\n').flatMap((line): readonly OtherGeneration[] => {
    const [name = '', size = ''] = line.split(' ');
    const sizeBytes = Number(size);
    if (name === 'own') {
      return current === null || sizeBytes === 0
        ? []
        : [{ generation: null, sizeBytes }];
    }
    return isGeneration(name) && name !== current
      ? [{ generation: name, sizeBytes }]
      : [];
  });
}

/** Removes one that is not served. */
export async function removeGeneration(
  helper: DataHelper,
  generation: Generation
): Promise<void> {
  await helper.run(
    generation === null
      ? // Dotted ones are ours, folders somebody's: both stay.
        [
          ...['find', DATA, '-maxdepth', '1', '-type', 'f'],
          ...['!', '-name', '.*', '-delete'],
        ]
      : ['rm', '-rf', folderOf(generation)],
    { limitMs: 600_000 }
  );
}
