import path from 'node:path';
import type { FittedStack } from '../../runtime/docker/appview-stack.js';
import type { StackEnv } from '../../runtime/docker/stack-env.js';
import { shellWord } from '../../cli/index.js';

/** What is looked at besides a stack. */
export interface NoticeFacts {
  /** Of the `.env` that Compose reads. */
  readonly env: StackEnv;
  readonly shell: Readonly<Record<string, string | undefined>>;
}

/** Told to the bridge by Compose alone: it may hold a password. */
const REDIS = 'CONSTELLATION_BRIDGE_REDIS_URL';

/**
 * What an operator would otherwise find out later: where a plain `docker
 * compose up -d` would do something else than setup has done. Pure.
 */
export function stackNotices(
  { stack, services, overlay }: FittedStack,
  { env, shell }: NoticeFacts
): readonly string[] {
  const file = path.join(stack.envFolder, '.env');
  const notices: string[] = [];
  const told = shell[REDIS] ?? '';
  const hasBridge = overlay?.includes(REDIS) ?? false;
  if (hasBridge && told !== '' && env.get(REDIS) !== told) {
    notices.push(
      `the Redis of the bridge stands in this shell alone, and the next plain docker compose up -d would take it away: printf '${REDIS}=%s\\n' "$${REDIS}" >> ${shellWord(file)}`
    );
  }
  if (services === null) return notices;
  const { apps, bridge: own, left, all } = services;
  const taken = [...apps, own].map((one) => one?.service.name);
  if (left.length > 0) {
    const names = [...apps.map(({ service }) => service.name), ...left];
    notices.push(
      `${left.join(' and ')} set${left.length === 1 ? 's' : ''} CONSTELLATION_URL too and stay${left.length === 1 ? 's' : ''} as before; to switch all: --app-service ${names.join(',')}`
    );
  }
  const readers = all.filter(
    ({ name, envFiles }) =>
      !taken.includes(name) &&
      envFiles.some((one) => path.resolve(stack.folder, one) === file)
  );
  if (readers.length > 0) {
    const names = readers.map(({ name }) => name).join(' and ');
    notices.push(
      `${names} read${readers.length === 1 ? 's' : ''} all of ${file} (env_file): the next plain docker compose up -d makes ${readers.length === 1 ? 'it' : 'them'} anew, for its new lines`
    );
  }
  if ((shell['COMPOSE_FILE'] ?? '') !== '') {
    notices.push(
      `COMPOSE_FILE of this shell wins over the one in ${file}: unset it, or plain calls take the overlay off again`
    );
  } else if ((stack.named?.composeFiles ?? []).length > 0) {
    notices.push(
      `a call that names its files with -f takes the overlay off again: leave -f away, in ${stack.envFolder}, where COMPOSE_FILE names them`
    );
  }
  return notices;
}
