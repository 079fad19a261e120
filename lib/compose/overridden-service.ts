import { keeper } from './keeper.js';
import type { ComposeService } from './overlay-model.js';
import { INDEX_SERVICE, type OverriddenService } from './overlay-options.js';
import { variable } from './variables.js';

/** The API's port inside the project's networks. */
const API_PORT = 6789;

/** Where a service of the project reaches the index. */
export function indexUrl(onHost: boolean): string {
  return onHost
    ? `http://127.0.0.1:${variable('CONSTELLATION_PORT')}`
    : `http://${INDEX_SERVICE}:${API_PORT}`;
}

/**
 * What the overlay says about a service of the AppView: where the local
 * instance is, and nothing else. No `depends_on`: the AppView has to start
 * although Constellation is down.
 *
 * @param toolkit - see `OverlayOptions.toolkit`
 */
export function overriddenService(
  { role, form = 'keeper', onHost = false }: OverriddenService,
  toolkit: string
): ComposeService {
  return {
    ...(form === 'keeper' ? { extends: keeper(toolkit) } : {}),
    environment: {
      CONSTELLATION_URL: indexUrl(onHost),
      CONSTELLATION_LOCAL: 'true',
      CONSTELLATION_TIMEOUT: variable('CONSTELLATION_TIMEOUT'),
      CONSTELLATION_LOCAL_SINCE: variable('CONSTELLATION_LOCAL_SINCE'),
      ...ROLE_ENVIRONMENT[role],
    },
  };
}

/** Names that differ by service. No rate limit against one's own instance. */
const ROLE_ENVIRONMENT = {
  app: {
    CONSTELLATION_ENABLED: 'true',
    CONSTELLATION_CACHE_TTL: variable('CONSTELLATION_CACHE_TTL'),
    CONSTELLATION_REQUEST_DELAY: '0',
  },
  bridge: {
    CACHE_TTL: variable('CONSTELLATION_CACHE_TTL'),
    // A number that older bridges read as "practically none" too.
    MAX_REQUESTS_PER_SECOND: '1000',
  },
} as const;
