/** The file in the data that names the folder of the index that is served. */
export const GENERATION_FILE = '.generation';

const NAME = /^generation-\d{8}T\d{6}Z-[0-9a-f]{6}$/;

/** Whether a folder in the data is an index of its own. */
export function isGeneration(name: string): boolean {
  return NAME.test(name);
}
