import {
  COMPOSE_VARIABLE_NAMES,
  COMPOSE_VARIABLES,
  composeEnvironment,
  type ComposeVariableName,
} from '../../compose/index.js';
import type { RuntimeConfig } from '../runtime.js';
import type { FolderOwner } from './bind-folder.js';

/** Values of the overlay's variables, by name. */
export type StackVariables = Readonly<
  Partial<Record<ComposeVariableName, string>>
>;

/** What the variables of a stack follow from. */
export interface VariableFacts {
  readonly config: RuntimeConfig;
  /** What settings file and environment say besides. */
  readonly given: StackVariables;
  readonly image: string;
  /** Of a data folder of this machine; null: a named volume. */
  readonly owner: FolderOwner | null;
  /** The settings file the container reads; null: it cannot. */
  readonly settingsFile: string | null;
}

/**
 * What Compose has to be told so that it makes the container that is wished:
 * only what differs from the overlay's own defaults. What the container reads
 * from its settings file at a start is not among them, so that it can change
 * without a new container. Pure.
 */
export function stackVariables({
  config,
  given,
  image,
  owner,
  settingsFile,
}: VariableFacts): StackVariables {
  const { bind, port, metricsPort, dataPath, jetstream, logLevel } = config;
  const values: Partial<Record<ComposeVariableName, string>> = {
    ...given,
    ...bridgeVariables(config, given),
    CONSTELLATION_IMAGE: image,
    CONSTELLATION_BIND: bind,
    CONSTELLATION_PORT: String(port),
    ...(metricsPort === null
      ? {}
      : { CONSTELLATION_METRICS_PORT: String(metricsPort) }),
    CONSTELLATION_DATA_PATH: dataPath ?? '',
    CONSTELLATION_UID: owner === null ? '' : String(owner.uid),
    CONSTELLATION_GID: owner === null ? '' : String(owner.gid),
    CONSTELLATION_ENV_FILE: settingsFile ?? '',
    JETSTREAM_URL: jetstream[0] ?? '',
    CONSTELLATION_LOG_LEVEL: logLevel,
  };
  return withoutDefaults(
    settingsFile === null ? notEmpty(values) : composeEnvironment(values)
  );
}

/**
 * What Compose is told of a bridge; all of it empty where there is none, so
 * that an AppView with one of its own is told nothing. Pure.
 */
export function bridgeVariables(
  { bridge, logLevel }: Pick<RuntimeConfig, 'bridge' | 'logLevel'>,
  given: StackVariables
): StackVariables {
  if (bridge === undefined || bridge === null) {
    return Object.fromEntries(OF_THE_BRIDGE.map((name) => [name, '']));
  }
  const { port, ttlSeconds, timeoutMs, fallbackUrl } = bridge;
  return {
    CONSTELLATION_BRIDGE_IMAGE: given.CONSTELLATION_BRIDGE_IMAGE ?? '',
    CONSTELLATION_BRIDGE_NODE_IMAGE:
      given.CONSTELLATION_BRIDGE_NODE_IMAGE ?? '',
    CONSTELLATION_BRIDGE_LOG_LEVEL: bridge.logLevel ?? logLevel,
    CONSTELLATION_BRIDGE_PORT: String(port),
    CONSTELLATION_FALLBACK_URL: fallbackUrl ?? '',
    CONSTELLATION_CACHE_TTL: String(ttlSeconds),
    CONSTELLATION_TIMEOUT: String(timeoutMs),
  };
}

/** Read by nothing else of the overlay. */
const OF_THE_BRIDGE: readonly ComposeVariableName[] = [
  'CONSTELLATION_BRIDGE_IMAGE',
  'CONSTELLATION_BRIDGE_LOG_LEVEL',
  'CONSTELLATION_BRIDGE_NODE_IMAGE',
  'CONSTELLATION_BRIDGE_PORT',
  'CONSTELLATION_FALLBACK_URL',
];

/**
 * The same variables for an index that stays as it is, with another bridge, or
 * none. Pure.
 */
export function withBridgeVariables(
  variables: Readonly<Record<string, string>>,
  config: Pick<RuntimeConfig, 'bridge' | 'logLevel'>,
  given: StackVariables
): Readonly<Record<string, string>> {
  const told = { ...variables, ...bridgeVariables(config, given) };
  return withoutDefaults(notEmpty(told));
}

function withoutDefaults(
  told: StackVariables
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(told).filter(
      ([name, value]) =>
        !COMPOSE_VARIABLE_NAMES.some(
          (known) =>
            known === name && COMPOSE_VARIABLES[known].default === value
        )
    )
  );
}

/** Of other settings those that the overlay knows. Pure. */
export function givenVariables(
  settings: Readonly<Record<string, string | undefined>>
): StackVariables {
  return Object.fromEntries(
    COMPOSE_VARIABLE_NAMES.flatMap((name) => {
      const value = settings[name] ?? '';
      return value === '' ? [] : [[name, value]];
    })
  );
}

function notEmpty(values: StackVariables): StackVariables {
  return givenVariables(values);
}
