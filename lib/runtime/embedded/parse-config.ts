import type {
  BridgeConfig,
  RuntimeConfig,
  RuntimeLogLevel,
} from '../runtime.js';
import { asFields } from '../state-file.js';

const LOG_LEVELS: readonly unknown[] = ['error', 'warn', 'info', 'debug'];

/** Reads a configuration that was written down. @returns null when it is none */
export function parseConfig(value: unknown): RuntimeConfig | null {
  const fields = asFields(value);
  if (fields === null) return null;
  const { bind, port, metricsPort, jetstream, dataPath } = fields;
  const { logLevel, workers, sample, bridge } = fields;
  // One of before there was such a thing does not name it.
  const { retainDays = null } = fields;
  const parsedBridge = parseBridge(bridge);
  if (typeof bind !== 'string' || typeof port !== 'number') return null;
  if (!isNumberOrNull(metricsPort) || !isNumberOrNull(workers)) return null;
  if (!isNumberOrNull(retainDays)) return null;
  if (!Array.isArray(jetstream) || typeof sample !== 'boolean') return null;
  if (dataPath !== null && typeof dataPath !== 'string') return null;
  if (!isLogLevel(logLevel) || parsedBridge === undefined) return null;
  return {
    bind,
    port,
    metricsPort,
    jetstream: jetstream.filter((url) => typeof url === 'string'),
    dataPath,
    logLevel,
    workers,
    ...(retainDays === null ? {} : { retainDays }),
    sample,
    ...(parsedBridge === null ? {} : { bridge: parsedBridge }),
  };
}

/** @returns null for none, undefined for what is no configuration of one */
function parseBridge(value: unknown): BridgeConfig | null | undefined {
  if (value === undefined || value === null) return null;
  const fields = asFields(value);
  if (fields === null) return undefined;
  const { port, ttlSeconds, timeoutMs, fallbackUrl } = fields;
  const { logLevel, redis, redisSeal } = fields;
  if (typeof port !== 'number' || typeof ttlSeconds !== 'number') {
    return undefined;
  }
  if (typeof timeoutMs !== 'number') return undefined;
  if (fallbackUrl !== null && typeof fallbackUrl !== 'string') return undefined;
  const told = {
    ...{ port, ttlSeconds, timeoutMs, fallbackUrl },
    ...(isLogLevel(logLevel) ? { logLevel } : {}),
  };
  if (typeof redis !== 'string') return told;
  return typeof redisSeal === 'string'
    ? { ...told, redis, redisSeal }
    : { ...told, redis };
}

const NAMES: Readonly<Record<keyof RuntimeConfig, string>> = {
  bind: 'address',
  port: 'port',
  metricsPort: 'metrics port',
  jetstream: 'Jetstream',
  dataPath: 'data folder',
  logLevel: 'log level',
  workers: 'workers',
  retainDays: 'days kept',
  sample: 'sample data',
  bridge: 'bridge',
};

/** In what two configurations differ, for people: `port 6789 → 7000`. Pure. */
export function configDifferences(
  present: RuntimeConfig,
  wanted: RuntimeConfig
): readonly string[] {
  const keys = Object.keys(NAMES) as Array<keyof RuntimeConfig>;
  const told = keys.flatMap((key) => {
    const [before, after] = [shown(present[key]), shown(wanted[key])];
    return before === after ? [] : [`${NAMES[key]} ${before} → ${after}`];
  });
  const [before, after] = [present.bridge, wanted.bridge];
  const [seal, wantedSeal] = [before?.redisSeal, after?.redisSeal];
  // One that was written down before there were seals says nothing.
  const isAnother =
    typeof seal === 'string' &&
    typeof wantedSeal === 'string' &&
    seal !== wantedSeal;
  // Where anything else of the Redis differs it is told already.
  return isAnother && before?.redis === after?.redis
    ? [...told, `another user or password of ${after?.redis ?? 'its Redis'}`]
    : told;
}

function shown(value: RuntimeConfig[keyof RuntimeConfig]): string {
  if (value === null || value === undefined) return 'none';
  if (isList(value)) return value.join(',') || 'none';
  if (typeof value === 'object') return bridgeText(value);
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

function bridgeText(bridge: BridgeConfig): string {
  const { port, ttlSeconds, timeoutMs, fallbackUrl, logLevel, redis } = bridge;
  const behind = fallbackUrl ?? 'the public instance';
  const cache = typeof redis === 'string' ? `, cache in ${redis}` : '';
  const level = typeof logLevel === 'string' ? `, logs ${logLevel}` : '';
  return `on port ${port} (${ttlSeconds} s, ${timeoutMs} ms, behind it ${behind}${cache}${level})`;
}

function isList(
  value: readonly string[] | BridgeConfig | string | number | boolean
): value is readonly string[] {
  return Array.isArray(value);
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || typeof value === 'number';
}

function isLogLevel(value: unknown): value is RuntimeLogLevel {
  return LOG_LEVELS.includes(value);
}
