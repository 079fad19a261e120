import path from 'node:path';
import type { BridgeConfig, RuntimeConfig } from '../runtime.js';
import { PROJECT_FOLDER, type StateFolder } from '../state-folder.js';

/** Program and arguments; no shell is between. */
export interface ProcessCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Besides what every process of ours gets. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** The Redis of a bridge. */
export interface BridgeRedis {
  /** May hold a password: for the bridge's environment alone. */
  readonly url: string;
  /** The same without user and password, to be shown and written down. */
  readonly place: string;
}

/** The programs of the embedded runtime. */
export interface EmbeddedPrograms {
  /** Entry of the index. */
  readonly index: string;
  /** Entry of the simulator. */
  readonly simulator: string;
  /** Entry of the bridge. */
  readonly bridge: string;
}

/** The real ones. */
export const EMBEDDED_PROGRAMS: EmbeddedPrograms = {
  index: path.join(
    PROJECT_FOLDER,
    'microcosm-bridge/constellation-embedded/main.ts'
  ),
  simulator: path.join(
    PROJECT_FOLDER,
    'microcosm-bridge/jetstream-simulator/main.ts'
  ),
  bridge: path.join(
    PROJECT_FOLDER,
    'microcosm-bridge/constellation-client/main.ts'
  ),
};

/**
 * The command of the index.
 *
 * @param stream the simulator's URL, with `sample`
 * @param tsx URL of the module that loads TypeScript
 */
export function indexCommand(
  entry: string,
  config: RuntimeConfig & { readonly dataPath: string },
  folder: StateFolder,
  stream: string | null,
  tsx: string = tsxUrl()
): ProcessCommand {
  const { bind, port, metricsPort, workers, retainDays = null } = config;
  const jetstream = stream ?? config.jetstream.join(',');
  const args = [
    '--import',
    tsx,
    entry,
    '--bind',
    hostPort(bind, port),
    '--jetstream',
    jetstream,
    '--data',
    config.dataPath,
    '--log-file',
    folder.indexLog,
    '--log-level',
    config.logLevel,
  ];
  if (metricsPort !== null) {
    args.push('--collect-metrics', '--bind-metrics');
    args.push(hostPort(bind, metricsPort));
    args.push('--backup-state', folder.backup);
  }
  if (workers !== null) args.push('--workers', String(workers));
  if (retainDays !== null) args.push('--retain-days', String(retainDays));
  if (config.sample) args.push('--sample-data');
  return { file: process.execPath, args };
}

/** The command of the simulator that feeds an index with the sample. */
export function simulatorCommand(
  entry: string,
  tsx: string = tsxUrl()
): ProcessCommand {
  return {
    file: process.execPath,
    args: ['--import', tsx, entry, '--sample', '--port', '0'],
  };
}

/**
 * The command of the bridge over an index that listens already.
 *
 * @param indexUrl as it is reached from this machine
 * @param redis null: its cache is in memory only
 */
export function bridgeCommand(
  entry: string,
  config: Pick<RuntimeConfig, 'bind' | 'logLevel' | 'sample'>,
  bridge: BridgeConfig,
  indexUrl: string,
  folder: StateFolder,
  redis: BridgeRedis | null,
  tsx: string = tsxUrl()
): ProcessCommand {
  const { port, ttlSeconds, timeoutMs, fallbackUrl } = bridge;
  // Nobody else knows anything about invented events.
  const behind = config.sample ? 'off' : fallbackUrl;
  return {
    file: process.execPath,
    args: ['--import', tsx, entry, '--log-file', folder.bridgeLog],
    env: {
      CONSTELLATION_URL: indexUrl,
      CONSTELLATION_LOCAL: 'true',
      CONSTELLATION_TIMEOUT: String(timeoutMs),
      CONSTELLATION_LOG_LEVEL: bridge.logLevel ?? config.logLevel,
      ...(behind === null ? {} : { CONSTELLATION_FALLBACK_URL: behind }),
      CACHE_TTL: String(ttlSeconds),
      HEALTH_PORT: String(port),
      BRIDGE_BIND: config.bind,
      ...(redis === null ? {} : { REDIS_URL: redis.url }),
    },
  };
}

/** `127.0.0.1:6789`, `[::1]:6789`. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Found from here: the processes run in another folder. */
function tsxUrl(): string {
  return import.meta.resolve('tsx');
}
