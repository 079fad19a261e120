import type { DataHelper } from '../../runtime/docker/data-helper.js';

/**
 * How large the files in a folder of a volume are, without those below it
 * (bytes). A store that is written to removes some while it looks.
 */
export async function filesSize(
  helper: DataHelper,
  folder: string
): Promise<number> {
  const text = await helper.run([
    ...['find', folder, '-ignore_readdir_race', '-maxdepth', '1'],
    ...['-type', 'f', '-printf', '%s\\n'],
  ]);
  return text.split('\n').reduce((sum, line) => sum + Number(line), 0);
}
