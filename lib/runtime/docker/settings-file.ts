import { readFile, stat } from 'node:fs/promises';
import { assignments, readEnvText } from '../../env/index.js';
import { systemCode } from '../../errors/system-code.js';

/**
 * What the environment file of this project says.
 *
 * @returns null where there is none, or the container could not read it
 */
export async function readSettingsFile(
  file: string | undefined
): Promise<Readonly<Record<string, string>> | null> {
  if (file === undefined) return null;
  try {
    const { mode } = await stat(file);
    const written = assignments(readEnvText(await readFile(file, 'utf8')));
    const settings = Object.fromEntries(
      [...written].map(([key, { value }]) => [key, value])
    );
    return (mode & 0o004) === 0 ? null : settings;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
