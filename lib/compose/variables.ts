import { PINNED_SOURCE } from './pinned-source.js';

/** What makes a changed value take effect. */
export type TakesEffect =
  | 'build' // a new image
  | 'create' // a new container: up -d
  | 'start'; // a start: the entrypoint reads the settings file again

/** A variable that Compose replaces in the overlay. */
export interface ComposeVariable {
  readonly takes: TakesEffect;
  /** Empty: what it is for says what that means. */
  readonly default: string;
}

/**
 * Every variable of the overlay. Compose takes them from the shell and from
 * `.env` of the first file's folder, never from `.env.constellation-local`:
 * setup hands those of that file on. Those that take effect at a start are also
 * read from that file by the container's entrypoint, where they win.
 *
 * The defaults are those of `lib/env` where that knows the setting (a test
 * compares). An empty value counts as not set everywhere.
 */
export const COMPOSE_VARIABLES = {
  CONSTELLATION_IMAGE: {
    takes: 'create',
    default: 'constellation-local:latest',
  },
  CONSTELLATION_VERSION: { takes: 'build', default: PINNED_SOURCE.revision },
  CONSTELLATION_REVISION: { takes: 'build', default: '' },
  MICROCOSM_REPO: { takes: 'build', default: PINNED_SOURCE.repository },
  CONSTELLATION_RUST_IMAGE: {
    takes: 'build',
    default: 'rust:1.95-slim-bookworm',
  },
  CONSTELLATION_RUNTIME_IMAGE: {
    takes: 'build',
    default: 'debian:bookworm-slim',
  },
  CARGO_BUILD_JOBS: { takes: 'build', default: '' },
  CONSTELLATION_BIND: { takes: 'create', default: '127.0.0.1' },
  CONSTELLATION_PORT: { takes: 'create', default: '6789' },
  CONSTELLATION_METRICS_PORT: { takes: 'create', default: '8765' },
  CONSTELLATION_DATA_PATH: { takes: 'create', default: 'constellation-data' },
  CONSTELLATION_UID: { takes: 'create', default: '10001' },
  CONSTELLATION_GID: { takes: 'create', default: '10001' },
  CONSTELLATION_MEMORY_LIMIT: { takes: 'create', default: '2g' },
  CONSTELLATION_MEMORY_RESERVATION: { takes: 'create', default: '512m' },
  CONSTELLATION_CPUS: { takes: 'create', default: '1' },
  CONSTELLATION_ENV_FILE: { takes: 'create', default: '/dev/null' },
  JETSTREAM_URL: { takes: 'start', default: '' },
  CONSTELLATION_LOG_LEVEL: { takes: 'start', default: '' },
  CONSTELLATION_STALE_AFTER_SECONDS: { takes: 'start', default: '' },
  CONSTELLATION_STALE_RESTART_SECONDS: { takes: 'start', default: '' },
  CONSTELLATION_DID_WEB_DOMAIN: { takes: 'start', default: '' },
  CONSTELLATION_BACKUP_DIR: { takes: 'start', default: '' },
  CONSTELLATION_BACKUP_INTERVAL_HOURS: { takes: 'start', default: '' },
  CONSTELLATION_MAX_OLD_BACKUPS: { takes: 'start', default: '' },
  CONSTELLATION_REPAIR_TARGET_IDS: { takes: 'start', default: '' },
  CONSTELLATION_WORKERS: { takes: 'start', default: '' },
  CONSTELLATION_DISK_FLOOR_MIB: { takes: 'start', default: '' },
  RUST_BACKTRACE: { takes: 'start', default: '' },
  CONSTELLATION_CACHE_TTL: { takes: 'create', default: '30' },
  CONSTELLATION_TIMEOUT: { takes: 'create', default: '5000' },
  CONSTELLATION_LOCAL_SINCE: { takes: 'create', default: '' },
  CONSTELLATION_BRIDGE_IMAGE: {
    takes: 'create',
    default: 'constellation-local-bridge:latest',
  },
  CONSTELLATION_BRIDGE_NODE_IMAGE: {
    takes: 'build',
    default: 'node:22-bookworm-slim',
  },
  CONSTELLATION_BRIDGE_LOG_LEVEL: { takes: 'create', default: 'info' },
  CONSTELLATION_BRIDGE_PORT: { takes: 'create', default: '3003' },
  CONSTELLATION_FALLBACK_URL: { takes: 'create', default: '' },
} as const satisfies Readonly<Record<string, ComposeVariable>>;

/** The name of a variable of the overlay. */
export type ComposeVariableName = keyof typeof COMPOSE_VARIABLES;

/** Whether Compose replaces this name in the overlay. */
export function isComposeVariable(name: string): name is ComposeVariableName {
  return Object.hasOwn(COMPOSE_VARIABLES, name);
}

/** All names, in the order of the overlay. */
export const COMPOSE_VARIABLE_NAMES: readonly ComposeVariableName[] =
  Object.keys(COMPOSE_VARIABLES).filter(isComposeVariable);

/** `${NAME:-default}`, which both generations of Compose understand. */
export function variable(name: ComposeVariableName): string {
  return `\${${name}:-${COMPOSE_VARIABLES[name].default}}`;
}

/**
 * Of some settings those that Compose itself has to know: what setup exports to
 * its `docker-compose` calls, and writes to the AppView's `.env` so that plain
 * calls do the same later. Without it a plain `up -d` would make the container
 * anew with the defaults.
 *
 * @param values - by name, as written; an empty one counts as not given
 */
export function composeEnvironment(
  values: Readonly<Record<string, string | undefined>>
): Readonly<Partial<Record<ComposeVariableName, string>>> {
  const taken: Partial<Record<ComposeVariableName, string>> = {};
  for (const name of COMPOSE_VARIABLE_NAMES) {
    const value = values[name];
    if (value === undefined || value === '') continue;
    if (COMPOSE_VARIABLES[name].takes === 'start') continue;
    taken[name] = name === 'CONSTELLATION_BIND' ? inBrackets(value) : value;
  }
  return taken;
}

/** In `ADDRESS:PORT:PORT` an IPv6 address needs its brackets. */
function inBrackets(address: string): string {
  const bare = address.includes(':') && !address.startsWith('[');
  return bare ? `[${address}]` : address;
}
