import type { SettingTexts } from '../env/index.js';
import type { RuntimeConfig, RuntimeKind } from '../runtime/runtime.js';
import type { SetupOptions } from './setup-options.js';

/** What the environment file is written from. */
export interface EnvSettingFacts {
  readonly kind: RuntimeKind;
  readonly config: RuntimeConfig;
  readonly options: Pick<SetupOptions, 'cacheTtlSeconds' | 'timeoutMs'>;
  /** Of the API, from this machine. */
  readonly apiUrl: string;
  /** See `localSince`. */
  readonly since: string | null;
  /** Whether the file is there already. */
  readonly exists: boolean;
}

/**
 * The settings that `.env.constellation-local` shall have; null: not set. With
 * sample data what is there about the network's index and the AppView stays,
 * and a new file turns the AppView off. Pure.
 */
export function envSettings(facts: EnvSettingFacts): SettingTexts {
  const { kind, config, options, apiUrl, since, exists } = facts;
  const { port, metricsPort, bind, logLevel, workers, jetstream } = config;
  const { sample, dataPath, bridge } = config;
  const machine: SettingTexts = {
    CONSTELLATION_PORT: String(port),
    ...(metricsPort === null
      ? {}
      : { CONSTELLATION_METRICS_PORT: String(metricsPort) }),
    ...(bridge === undefined || bridge === null
      ? {}
      : { CONSTELLATION_BRIDGE_PORT: String(bridge.port) }),
    ...(typeof bridge?.logLevel === 'string'
      ? { CONSTELLATION_BRIDGE_LOG_LEVEL: bridge.logLevel }
      : {}),
    CONSTELLATION_BIND: bind,
    CONSTELLATION_LOG_LEVEL: logLevel,
    CONSTELLATION_WORKERS: workers === null ? null : String(workers),
    CONSTELLATION_RETAIN_DAYS:
      typeof config.retainDays === 'number' ? String(config.retainDays) : null,
  };
  if (sample && exists) return machine;
  return {
    CONSTELLATION_RUNTIME: kind,
    ...machine,
    CONSTELLATION_DATA_PATH: sample ? null : dataPath,
    JETSTREAM_URL: sample ? null : jetstream.join(','),
    CONSTELLATION_ENABLED: sample ? 'false' : 'true',
    CONSTELLATION_URL: apiUrl,
    CONSTELLATION_LOCAL: 'true',
    CONSTELLATION_CACHE_TTL: String(options.cacheTtlSeconds),
    CONSTELLATION_TIMEOUT: String(options.timeoutMs),
    CONSTELLATION_LOCAL_SINCE: sample ? null : since,
  };
}
