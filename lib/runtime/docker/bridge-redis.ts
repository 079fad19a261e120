import path from 'node:path';
import { assignments, readEnvFile, readEnvText } from '../../env/index.js';
import type { ComposeStack } from './compose-stack.js';

const NAME = 'CONSTELLATION_BRIDGE_REDIS_URL';

/**
 * The Redis that Compose would tell the bridge: of the shell, else of `.env` in
 * the stack's folder. It may hold a password and is for comparing alone.
 *
 * @returns empty: none; null: Compose may read it otherwise than we do
 */
export async function bridgeRedis(
  { folder }: Pick<ComposeStack, 'folder'>,
  env: Readonly<Record<string, string | undefined>>
): Promise<string | null> {
  const inShell = env[NAME];
  if (inShell !== undefined) return inShell;
  const content = await readEnvFile(path.join(folder, '.env'));
  const written = assignments(readEnvText(content?.text ?? ''));
  const value = written.get(NAME)?.value ?? '';
  // Compose 2 replaces variables in there, Compose 1 does not.
  return value.includes('$') ? null : value;
}
