import type { ComposeStack } from './compose-stack.js';
import { readStackEnv } from './stack-env.js';

const NAME = 'CONSTELLATION_BRIDGE_REDIS_URL';

/**
 * The Redis that Compose would tell the bridge: of the shell, else of the stack's
 * `.env`. It may hold a password and is for comparing alone.
 *
 * @returns empty: none; null: Compose may read it otherwise than we do
 */
export async function bridgeRedis(
  { envFolder }: Pick<ComposeStack, 'envFolder'>,
  env: Readonly<Record<string, string | undefined>>
): Promise<string | null> {
  const inShell = env[NAME];
  if (inShell !== undefined) return inShell;
  const value = (await readStackEnv(envFolder)).get(NAME) ?? '';
  // Compose 2 replaces variables in there, Compose 1 does not.
  return value.includes('$') ? null : value;
}
