import path from 'node:path';
import { parseEndpoints } from '../../microcosm-bridge/constellation-embedded/jetstream/endpoints.js';
import { UsageError, type Flags, type FlagValues } from '../cli/index.js';
import { SETTINGS } from '../env/index.js';
import type { StackWish } from '../runtime/docker/appview-stack.js';
import type { RuntimeKind, RuntimeLogLevel } from '../runtime/runtime.js';
import {
  DEFAULT_STATE_FOLDER,
  PROJECT_FOLDER,
} from '../runtime/state-folder.js';
import type { SetupFlags } from './setup-command.js';

/** What was asked for; null: not answered yet. Paths are absolute. */
export interface SetupOptions {
  readonly state: string;
  readonly envFile: string;
  readonly runtime: RuntimeKind | 'auto';
  readonly data: string | null;
  /** URLs, in the order given. */
  readonly jetstream: readonly string[] | null;
  readonly appview: string | null;
  readonly appviewUrl: string | null;
  readonly cacheTtlSeconds: number;
  readonly timeoutMs: number;
  readonly bind: string;
  readonly port: number;
  readonly metricsPort: number;
  /** Null: without a bridge. */
  readonly bridgePort: number | null;
  /** Whether somebody named that port. */
  readonly bridgePortGiven: boolean;
  /** Whether this call did, and not the file that an earlier run wrote. */
  readonly bridgePortAsked: boolean;
  /** Of the bridge; null: as of the index. */
  readonly bridgeLogLevel: RuntimeLogLevel | null;
  /** Behind the local index; `off`; null: the public instance. */
  readonly fallbackUrl: string | null;
  /** Null: by the number of cores. */
  readonly workers: number | null;
  /** Null: everything is kept. */
  readonly retainDays: number | null;
  readonly logLevel: RuntimeLogLevel;
  /** Since when the index is complete, where somebody says so. */
  readonly since: Date | null;
  readonly sample: boolean;
  /** The AppView's stack of containers; Docker only. */
  readonly stack: Omit<StackWish, 'appview'>;
  /** What Docker's own programs and the overlay are told. */
  readonly dockerEnv: Readonly<Record<string, string | undefined>>;
  readonly foreground: boolean;
  readonly waitMs: number;
  readonly dryRun: boolean;
}

/** The name of the environment file of this project. */
export const ENV_FILE_NAME = '.env.constellation-local';

/** Where the environment file is, unless told otherwise. */
export function defaultEnvFile(state: string): string {
  const folder = state === DEFAULT_STATE_FOLDER ? PROJECT_FOLDER : state;
  return path.join(folder, ENV_FILE_NAME);
}

/**
 * Flags as options. Pure.
 *
 * @throws UsageError where flags exclude each other
 */
export function resolveOptions(
  { values, sources }: Pick<Flags<SetupFlags>, 'values' | 'sources'>,
  env: Readonly<Record<string, string | undefined>> = process.env
): SetupOptions {
  const { sample } = values;
  refuseMixtures(values);
  const state = path.resolve(values.state ?? DEFAULT_STATE_FOLDER);
  // What stands in the env file is of the network; sample data keeps apart.
  const isFor = (source: string): boolean => !sample || source === 'flag';
  const data = isFor(sources.data) ? values.data : undefined;
  return {
    state,
    envFile: path.resolve(values.settings ?? defaultEnvFile(state)),
    runtime: values.runtime,
    data: data === undefined ? null : path.resolve(data),
    jetstream:
      sample || values.jetstream === undefined
        ? null
        : parseEndpoints(values.jetstream).map(({ url }) => url),
    appview: values.appview === undefined ? null : path.resolve(values.appview),
    appviewUrl: values.appviewUrl?.replace(/\/+$/, '') ?? null,
    cacheTtlSeconds:
      values.cacheTtl ?? Number(SETTINGS.CONSTELLATION_CACHE_TTL.forLocal),
    timeoutMs:
      values.timeout ?? Number(SETTINGS.CONSTELLATION_TIMEOUT.forLocal),
    bind: values.bind,
    port: values.port,
    metricsPort: values.metricsPort,
    bridgePort: values.bridge ? values.bridgePort : null,
    bridgePortGiven: sources.bridgePort !== 'default',
    bridgePortAsked: ['flag', 'environment'].includes(sources.bridgePort),
    bridgeLogLevel: values.bridgeLogLevel ?? null,
    fallbackUrl: values.fallbackUrl ?? null,
    workers: values.workers ?? null,
    retainDays: values.retainDays ?? null,
    logLevel: values.logLevel,
    since: values.since === undefined ? null : new Date(values.since),
    sample,
    stack: {
      composeFiles: (values.composeFile ?? '')
        .split(path.delimiter)
        .filter((file) => file !== '')
        .map((file) => path.resolve(file)),
      projectName: values.projectName ?? null,
      services: {
        apps: values.appService?.split(','),
        bridge: values.bridgeService,
      },
    },
    dockerEnv: {
      ...env,
      ...(values.image === undefined
        ? {}
        : { CONSTELLATION_IMAGE: values.image }),
      ...(values.version === undefined
        ? {}
        : { CONSTELLATION_VERSION: values.version }),
    },
    foreground: values.foreground,
    waitMs: values.wait * 1000,
    dryRun: values.dryRun,
  };
}

function refuseMixtures(values: FlagValues<SetupFlags>): void {
  const { sample, appview, port, metricsPort, bridge, bridgePort } = values;
  if (sample && appview !== undefined) {
    throw mixture(
      '--appview',
      'sample data is invented and must not reach an AppView: leave out --appview, or --sample'
    );
  }
  if (values.since !== undefined && values.runtime === 'embedded') {
    throw mixture(
      '--since',
      'the embedded index says since when it is complete itself'
    );
  }
  if (sample && values.runtime === 'docker') {
    throw mixture('--sample', 'sample data is for the embedded runtime alone');
  }
  if (port === metricsPort) {
    throw mixture(
      '--metrics-port',
      `--port and --metrics-port are both ${port}: give one of them another number`
    );
  }
  if (bridge && [port, metricsPort].includes(bridgePort)) {
    throw mixture(
      '--bridge-port',
      `--bridge-port is ${bridgePort}, as another one: give it another number`
    );
  }
}

function mixture(flag: string, message: string): UsageError {
  return new UsageError([{ code: 'bad-value', flag, message }]);
}
