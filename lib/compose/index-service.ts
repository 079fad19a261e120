import type { ComposeService, OverlayComment } from './overlay-model.js';
import { INDEX_SERVICE } from './overlay-options.js';
import {
  COMPOSE_VARIABLE_NAMES,
  COMPOSE_VARIABLES,
  variable,
  type ComposeVariableName,
} from './variables.js';

/** The label by which the index's container and volume are found. */
export const ROLE_LABEL = 'constellation-local.role';

/** Read from the settings file at every start; these are what is left without one. */
const READ_AT_START = COMPOSE_VARIABLE_NAMES.filter(
  (name) => COMPOSE_VARIABLES[name].takes === 'start'
);

/** Of these the entrypoint says when the settings file has come to differ. */
const FIXED_WHEN_MADE: readonly ComposeVariableName[] = [
  'CONSTELLATION_BIND',
  'CONSTELLATION_PORT',
  'CONSTELLATION_METRICS_PORT',
  'CONSTELLATION_DATA_PATH',
  'CONSTELLATION_MEMORY_LIMIT',
  'CONSTELLATION_MEMORY_RESERVATION',
  'CONSTELLATION_CPUS',
];

/**
 * The service of the index.
 *
 * @param toolkit - see `OverlayOptions.toolkit`
 * @param networks - besides the default one
 */
export function indexService(
  toolkit: string,
  networks: readonly string[]
): ComposeService {
  const address = variable('CONSTELLATION_BIND');
  return {
    build: {
      context: `${toolkit}/microcosm-bridge/constellation`,
      args: {
        MICROCOSM_REPO: variable('MICROCOSM_REPO'),
        CONSTELLATION_VERSION: variable('CONSTELLATION_VERSION'),
        CONSTELLATION_REVISION: variable('CONSTELLATION_REVISION'),
        RUST_IMAGE: variable('CONSTELLATION_RUST_IMAGE'),
        RUNTIME_IMAGE: variable('CONSTELLATION_RUNTIME_IMAGE'),
        CARGO_BUILD_JOBS: variable('CARGO_BUILD_JOBS'),
      },
    },
    image: variable('CONSTELLATION_IMAGE'),
    user: `${variable('CONSTELLATION_UID')}:${variable('CONSTELLATION_GID')}`,
    environment: {
      ...Object.fromEntries(
        READ_AT_START.map((name) => [name, variable(name)])
      ),
      CONSTELLATION_DATA_PATH: variable('CONSTELLATION_DATA_PATH'),
      CONSTELLATION_MADE_WITH: FIXED_WHEN_MADE.map(
        (name) => `${name}=${variable(name)}\n`
      ).join(''),
    },
    ports: [
      `${address}:${variable('CONSTELLATION_PORT')}:6789`,
      `${address}:${variable('CONSTELLATION_METRICS_PORT')}:8765`,
    ],
    ...(networks.length === 0 ? {} : { networks: ['default', ...networks] }),
    volumes: [
      `${variable('CONSTELLATION_DATA_PATH')}:/data`,
      `${variable('CONSTELLATION_ENV_FILE')}:/etc/constellation/settings.env:ro`,
    ],
    read_only: true,
    tmpfs: ['/tmp:size=16m,mode=1777'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_limit: variable('CONSTELLATION_MEMORY_LIMIT'),
    mem_reservation: variable('CONSTELLATION_MEMORY_RESERVATION'),
    cpus: variable('CONSTELLATION_CPUS'),
    pids_limit: 200,
    healthcheck: {
      test: ['CMD', 'constellation-health'],
      interval: '10s',
      timeout: '15s',
      start_period: '10m',
      retries: 3,
    },
    restart: 'unless-stopped',
    stop_signal: 'SIGINT',
    stop_grace_period: '90s',
    logging: {
      driver: 'json-file',
      options: { 'max-size': '10m', 'max-file': '3' },
    },
    labels: { [ROLE_LABEL]: 'index' },
  };
}

/** What the file says about it. */
export const INDEX_COMMENTS: readonly OverlayComment[] = (
  [
    [[], 'The index: the real Constellation server.'],
    [
      ['build'],
      'Built from source, most of an hour the first time. CONSTELLATION_IMAGE=NAME:TAG\ntakes an image that exists instead.',
    ],
    [
      ['user'],
      'For a folder of your own as CONSTELLATION_DATA_PATH: its owner.',
    ],
    [
      ['environment'],
      'The settings file below wins over these, and is read again at every start:\nedit it, then docker-compose restart constellation-local.',
    ],
    [
      ['environment', 'CONSTELLATION_MADE_WITH'],
      'What only a new container can change. At a start the log says what the\nsettings file would have otherwise.',
    ],
    [['ports'], 'The API has no authentication: this machine only.'],
    [
      ['volumes'],
      'A named volume; with a path (/srv/constellation, ./data) that folder. The second\none is .env.constellation-local where setup, or you, put its path in .env.',
    ],
    [
      ['mem_limit'],
      'These keys, not deploy.resources: Compose 1 ignores that.',
    ],
    [
      ['healthcheck'],
      'The API answers and events are taken in. Opening a large index takes a while.',
    ],
    [
      ['restart'],
      'The server exits with code 0 when its stream is lost for good, so on-failure\nwould leave it stopped.',
    ],
    [['stop_signal'], 'It closes its store at SIGINT only.'],
  ] as const
).map(([path, text]) => ({
  path: ['services', INDEX_SERVICE, ...path],
  text,
}));
