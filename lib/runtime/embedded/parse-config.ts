import type { RuntimeConfig, RuntimeLogLevel } from '../runtime.js';

const LOG_LEVELS: readonly unknown[] = ['error', 'warn', 'info', 'debug'];

/** Reads a configuration that was written down. @returns null when it is none */
export function parseConfig(value: unknown): RuntimeConfig | null {
  if (typeof value !== 'object' || value === null) return null;
  const { bind, port, metricsPort, jetstream, dataPath } = value as Record<
    string,
    unknown
  >;
  const { logLevel, workers, sample } = value as Record<string, unknown>;
  if (typeof bind !== 'string' || typeof port !== 'number') return null;
  if (!isNumberOrNull(metricsPort) || !isNumberOrNull(workers)) return null;
  if (!Array.isArray(jetstream) || typeof sample !== 'boolean') return null;
  if (dataPath !== null && typeof dataPath !== 'string') return null;
  if (!isLogLevel(logLevel)) return null;
  return {
    bind,
    port,
    metricsPort,
    jetstream: jetstream.filter((url) => typeof url === 'string'),
    dataPath,
    logLevel,
    workers,
    sample,
  };
}

const NAMES: Readonly<Record<keyof RuntimeConfig, string>> = {
  bind: 'address',
  port: 'port',
  metricsPort: 'metrics port',
  jetstream: 'Jetstream',
  dataPath: 'data folder',
  logLevel: 'log level',
  workers: 'workers',
  sample: 'sample data',
};

/** In what two configurations differ, for people: `port 6789 → 7000`. Pure. */
export function configDifferences(
  present: RuntimeConfig,
  wanted: RuntimeConfig
): readonly string[] {
  const keys = Object.keys(NAMES) as Array<keyof RuntimeConfig>;
  return keys.flatMap((key) => {
    const [before, after] = [shown(present[key]), shown(wanted[key])];
    return before === after ? [] : [`${NAMES[key]} ${before} → ${after}`];
  });
}

function shown(value: RuntimeConfig[keyof RuntimeConfig]): string {
  if (value === null) return 'none';
  if (typeof value === 'object') return value.join(',') || 'none';
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || typeof value === 'number';
}

function isLogLevel(value: unknown): value is RuntimeLogLevel {
  return LOG_LEVELS.includes(value);
}
