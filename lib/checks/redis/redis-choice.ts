import path from 'node:path';
import { assignments, readEnvFile, readEnvText } from '../../env/index.js';

/** Which Redis is checked. */
export type RedisChoice =
  | {
      readonly kind: 'url';
      /** May hold a password: never shown. */
      readonly url: string;
      /** Where it was found, for people. */
      readonly from: string;
    }
  | { readonly kind: 'none'; readonly reason: string };

/** Where a REDIS_URL may stand, in the order in which it counts. */
export interface RedisPlaces {
  /** `--redis-url`. */
  readonly flag: string | undefined;
  /** Folder of the AppView, whose cache it is. */
  readonly appview: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The env file of this project. */
  readonly envFile: string;
}

/**
 * Finds the Redis: the flag, the AppView's .env, the environment, our own env
 * file.
 *
 * @throws EnvError where a file cannot be read
 */
export async function chooseRedis(places: RedisPlaces): Promise<RedisChoice> {
  const { flag, appview, env, envFile } = places;
  if (flag !== undefined)
    return { kind: 'url', url: flag, from: '--redis-url' };
  const files: string[] = [];
  if (appview !== undefined) files.push(path.join(appview, '.env'));
  const inAppView = await firstIn(files);
  if (inAppView !== null) return inAppView;
  const set = env['REDIS_URL'] ?? '';
  if (set !== '') return { kind: 'url', url: set, from: 'the environment' };
  const inOwn = await firstIn([envFile]);
  if (inOwn !== null) return inOwn;
  const looked = [...files, 'the environment', envFile].join(', ');
  return { kind: 'none', reason: `REDIS_URL is set nowhere (${looked})` };
}

async function firstIn(files: readonly string[]): Promise<RedisChoice | null> {
  for (const file of files) {
    const content = await readEnvFile(file);
    if (content === undefined) continue;
    const found = assignments(readEnvText(content.text)).get('REDIS_URL');
    const url = found?.value ?? '';
    if (url !== '') return { kind: 'url', url, from: file };
  }
  return null;
}
