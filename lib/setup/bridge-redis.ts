import { placeOf } from '../checks/redis/redis-check.js';
import { chooseRedis } from '../checks/redis/redis-choice.js';
import { UsageError } from '../cli/index.js';
import type { BridgeRedis } from '../runtime/embedded/embedded-command.js';

/** Where the Redis of a bridge may be named. */
export interface BridgeRedisPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The environment file of this project. */
  readonly envFile: string;
}

/**
 * The Redis that the bridge shares its cache through: `REDIS_URL` of the
 * environment, else of the environment file.
 *
 * @returns null where there is none
 * @throws UsageError where it is no Redis URL; its value is not shown
 */
export async function chooseBridgeRedis({
  env,
  envFile,
}: BridgeRedisPlaces): Promise<BridgeRedis | null> {
  const places = { flag: undefined, appview: undefined, env, envFile };
  const choice = await chooseRedis(places);
  if (choice.kind === 'none') return null;
  const { url, from } = choice;
  const place = placeOf(url);
  if (place !== null) return { url, place };
  const message = `REDIS_URL of ${from}: the value (hidden) is not a redis:// or rediss:// URL`;
  throw new UsageError([{ code: 'bad-value', flag: 'REDIS_URL', message }]);
}
