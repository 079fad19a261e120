import { ROLE_LABEL } from './index-service.js';
import type { ComposeService, OverlayComment } from './overlay-model.js';
import { BRIDGE_SERVICE } from './overlay-options.js';
import { indexUrl } from './overridden-service.js';
import { variable } from './variables.js';

/** Inside its container; the image's own health check asks there, too. */
const PORT = 3003;

/** Where the data of the index is in its container, to be read. */
const DATA = '/index';

/** Node is there, curl is not. */
const ASK_HEALTH = `fetch('http://127.0.0.1:${PORT}/health', { signal: AbortSignal.timeout(4000) }).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;

/**
 * The service of a bridge, for an AppView that has none of its own. It starts
 * without the index, and asks it only when it is asked.
 *
 * @param toolkit - see `OverlayOptions.toolkit`
 * @param networks - besides the default one
 */
export function bridgeService(
  toolkit: string,
  networks: readonly string[]
): ComposeService {
  const place = `${variable('CONSTELLATION_BIND')}:${variable('CONSTELLATION_BRIDGE_PORT')}`;
  return {
    build: {
      context: `${toolkit}/microcosm-bridge/constellation-client`,
      args: { NODE_IMAGE: variable('CONSTELLATION_BRIDGE_NODE_IMAGE') },
    },
    image: variable('CONSTELLATION_BRIDGE_IMAGE'),
    user: `${variable('CONSTELLATION_UID')}:${variable('CONSTELLATION_GID')}`,
    environment: {
      CONSTELLATION_URL: indexUrl(false),
      CONSTELLATION_LOCAL: 'true',
      CONSTELLATION_LOCAL_SINCE: variable('CONSTELLATION_LOCAL_SINCE'),
      CONSTELLATION_FALLBACK_URL: variable('CONSTELLATION_FALLBACK_URL'),
      CONSTELLATION_TIMEOUT: variable('CONSTELLATION_TIMEOUT'),
      CACHE_TTL: variable('CONSTELLATION_CACHE_TTL'),
      CONSTELLATION_LOG_LEVEL: variable('CONSTELLATION_BRIDGE_LOG_LEVEL'),
      HEALTH_PORT: String(PORT),
      BRIDGE_BIND: '0.0.0.0',
      BRIDGE_INDEX_DATA_PATH: DATA,
      // Straight from the shell or .env: it may hold a password, which must
      // not get into a record or a file of ours.
      REDIS_URL: '${CONSTELLATION_BRIDGE_REDIS_URL:-}',
    },
    ports: [`${place}:${PORT}`],
    ...(networks.length === 0 ? {} : { networks: ['default', ...networks] }),
    volumes: [`${variable('CONSTELLATION_DATA_PATH')}:${DATA}:ro`],
    read_only: true,
    tmpfs: ['/tmp:size=16m,mode=1777'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_limit: '256m',
    mem_reservation: '64m',
    cpus: '1',
    pids_limit: 50,
    healthcheck: {
      test: ['CMD', 'node', '-e', ASK_HEALTH],
      interval: '10s',
      timeout: '5s',
      start_period: '15s',
      retries: 3,
    },
    restart: 'unless-stopped',
    stop_signal: 'SIGTERM',
    stop_grace_period: '15s',
    logging: {
      driver: 'json-file',
      options: { 'max-size': '10m', 'max-file': '3' },
    },
    labels: { [ROLE_LABEL]: 'bridge' },
  };
}

/** What the file says about it. */
export const BRIDGE_COMMENTS: readonly OverlayComment[] = (
  [
    [
      [],
      'The bridge: the API of the index with a cache, and the remote index behind it.\nFor services of this project it is at http://constellation-local-bridge:3003.',
    ],
    [
      ['build'],
      'npm ci makes the dist/ in it. CONSTELLATION_BRIDGE_IMAGE=NAME:TAG takes an\nimage that exists instead.',
    ],
    [
      ['environment', 'REDIS_URL'],
      'As it is reached from a container; none where unset.',
    ],
    [['user'], 'As the index: in a folder of your own nobody else may read.'],
    [
      ['volumes'],
      'For its size and the free space, which the real server does not tell.',
    ],
    [['ports'], 'It has no authentication: this machine only.'],
  ] as const
).map(([path, text]) => ({
  path: ['services', BRIDGE_SERVICE, ...path],
  text,
}));
