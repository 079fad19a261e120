import { UsageError } from '../../../lib/cli/index.js';
import type { UsageProblem } from '../../../lib/cli/cli-error.js';
import {
  ConstellationError,
  readVariable,
  type ConstellationOptions,
  type Environment,
  type EnvironmentVariable,
} from '../../../lib/constellation/index.js';
import type { LogLevel } from '../../../lib/log/log.js';
import { BRIDGE_VARIABLES, WHERE_UNSET } from './bridge-variables.js';

/** What the bridge runs with. */
export interface BridgeSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Questions answered at once. */
  readonly maxConcurrent: number;
  readonly logLevel: LogLevel;
  /** Where the data of the local index is; null: not here. */
  readonly indexDataPath: string | null;
  /** For the client, without its listener. */
  readonly client: ConstellationOptions;
}

/** What holds where nothing else is said; the client has its own. */
export const DEFAULTS = {
  host: WHERE_UNSET.host,
  port: Number(WHERE_UNSET.port),
  maxConcurrent: Number(WHERE_UNSET.maxConcurrent),
  userAgent: WHERE_UNSET.userAgent,
} as const;

/**
 * Reads all variables of {@link BRIDGE_VARIABLES}.
 * @throws UsageError naming every variable that cannot be used, and why
 */
export function readBridgeSettings(environment: Environment): BridgeSettings {
  const problems: UsageProblem[] = [];
  const read = <T>(variable: EnvironmentVariable<T>): T | undefined => {
    try {
      return readVariable(variable, environment);
    } catch (error) {
      if (!(error instanceof ConstellationError)) throw error;
      problems.push({ code: 'bad-value', message: error.message });
      return undefined;
    }
  };
  const ttlSeconds = read(BRIDGE_VARIABLES.ttlSeconds);
  const redisUrl = read(BRIDGE_VARIABLES.redisUrl);
  const cached = read(BRIDGE_VARIABLES.cacheEnabled) ?? true;
  const settings: BridgeSettings = {
    host: read(BRIDGE_VARIABLES.host) ?? DEFAULTS.host,
    port: read(BRIDGE_VARIABLES.port) ?? DEFAULTS.port,
    maxConcurrent:
      read(BRIDGE_VARIABLES.maxConcurrent) ?? DEFAULTS.maxConcurrent,
    logLevel: read(BRIDGE_VARIABLES.logLevel) ?? 'info',
    indexDataPath: read(BRIDGE_VARIABLES.indexDataPath) ?? null,
    client: {
      url: read(BRIDGE_VARIABLES.url),
      local: read(BRIDGE_VARIABLES.local),
      localSince: read(BRIDGE_VARIABLES.localSince),
      fallbackUrl: read(BRIDGE_VARIABLES.fallbackUrl),
      deadlineMs: read(BRIDGE_VARIABLES.deadlineMs),
      retries: read(BRIDGE_VARIABLES.retries),
      concurrency: read(BRIDGE_VARIABLES.concurrency),
      localStallAfterMs: read(BRIDGE_VARIABLES.localStallAfterMs),
      requestsPerSecond: read(BRIDGE_VARIABLES.requestsPerSecond),
      userAgent: read(BRIDGE_VARIABLES.userAgent) ?? DEFAULTS.userAgent,
      ...(cached ? { ttlSeconds, redisUrl } : UNCACHED),
    },
  };
  if (problems.length === 0) return settings;
  throw new UsageError(
    problems,
    'npx tsx microcosm-bridge/constellation-client/main.ts --help'
  );
}

/** Nothing is kept, so nothing can be served past its time either. */
const UNCACHED: ConstellationOptions = {
  ttlSeconds: 0,
  memoryEntries: 0,
  staleWhileRefreshSeconds: 0,
  staleOnErrorSeconds: 0,
};
