import path from 'node:path';
import { assignments, readEnvFile, readEnvText } from '../../env/index.js';

/** Values of a `.env`, by name. */
export type StackEnv = ReadonlyMap<string, string>;

/** What stands in the `.env` of a folder; nothing where there is none. */
export async function readStackEnv(folder: string): Promise<StackEnv> {
  const content = await readEnvFile(path.join(folder, '.env'));
  const written = assignments(readEnvText(content?.text ?? ''));
  return new Map([...written].map(([key, { value }]) => [key, value]));
}

/** What Compose splits `COMPOSE_FILE` at: of the shell, else of `.env`. Pure. */
export function pathSeparator(
  env: StackEnv,
  shell: Readonly<Record<string, string | undefined>>
): string {
  const name = 'COMPOSE_PATH_SEPARATOR';
  return (shell[name] ?? '') || (env.get(name) ?? '') || path.delimiter;
}
