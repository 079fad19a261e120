import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import {
  ConstellationError,
  NUMBER_RULES,
  OPTION_VARIABLES,
  numberReader,
  readBoolean,
  type EnvironmentVariable,
} from '../../../lib/constellation/index.js';
import { LOG_LEVELS, type LogLevel } from '../../../lib/log/log.js';

/**
 * Every variable the bridge reads: those of the client under their own names,
 * the others as an AppView's compose file passes them. The README's table is
 * held against this by a test.
 */
export const BRIDGE_VARIABLES = {
  url: OPTION_VARIABLES.url,
  local: OPTION_VARIABLES.local,
  localSince: OPTION_VARIABLES.localSince,
  fallbackUrl: OPTION_VARIABLES.fallbackUrl,
  deadlineMs: OPTION_VARIABLES.deadlineMs,
  retries: OPTION_VARIABLES.retries,
  concurrency: OPTION_VARIABLES.concurrency,
  localStallAfterMs: OPTION_VARIABLES.localStallAfterMs,
  redisUrl: OPTION_VARIABLES.redisUrl,
  cacheEnabled: {
    name: 'CACHE_ENABLED',
    description:
      '`false` keeps nothing, neither in memory nor in Redis; questions under way are shared all the same.',
    read: readBoolean,
  },
  ttlSeconds: {
    name: 'CACHE_TTL',
    description: OPTION_VARIABLES.ttlSeconds.description,
    read: OPTION_VARIABLES.ttlSeconds.read,
  },
  requestsPerSecond: {
    name: 'MAX_REQUESTS_PER_SECOND',
    description:
      'Requests a second to the index in the long run; 0 for no limit.',
    read: numberReader(NUMBER_RULES.requestsPerSecond),
  },
  userAgent: {
    name: 'USER_AGENT',
    description: OPTION_VARIABLES.userAgent.description,
    read: OPTION_VARIABLES.userAgent.read,
  },
  port: {
    name: 'HEALTH_PORT',
    description: 'The port of everything here, not only of /health; 0 for any.',
    read: numberReader({ least: 0, most: 65_535, whole: true }),
  },
  host: {
    name: 'BRIDGE_BIND',
    description:
      'The address it listens on. There is no authentication: anything but a loopback address opens it to that network. The image sets 0.0.0.0.',
    read: readAddress,
  },
  maxConcurrent: {
    name: 'BRIDGE_MAX_CONCURRENT',
    description:
      'Questions answered at once; one more gets a 503 with Retry-After.',
    read: numberReader({ least: 1, most: 10_000, whole: true }),
  },
  logLevel: {
    name: 'CONSTELLATION_LOG_LEVEL',
    description: `The least important lines that are logged: ${LOG_LEVELS.join(', ')}.`,
    read: readLogLevel,
  },
  indexDataPath: {
    name: 'BRIDGE_INDEX_DATA_PATH',
    description:
      'The folder with the data of a local index that does not tell its disk itself, as the real server; to read is enough. Its size and the free space are looked at every 5 minutes.',
    read: readFolder,
  },
} as const satisfies Readonly<Record<string, EnvironmentVariable<unknown>>>;

/** What holds where a variable is unset, as the README's table has it. */
export const WHERE_UNSET: Readonly<
  Record<keyof typeof BRIDGE_VARIABLES, string>
> = {
  url: 'https://constellation.microcosm.blue',
  local: 'told from the host',
  localSince: 'not known: all is treated as older',
  fallbackUrl: 'behind a local index the public one',
  deadlineMs: 'local 2000, remote 5000',
  retries: 'local 1, remote 2',
  concurrency: 'local 4, remote 8',
  localStallAfterMs: '120000',
  redisUrl: 'no Redis',
  cacheEnabled: 'true',
  ttlSeconds: 'local 30, remote 60',
  requestsPerSecond: 'local no limit, remote 10',
  userAgent: 'constellation-local-bridge',
  port: '3003',
  host: '127.0.0.1',
  maxConcurrent: '512',
  logLevel: 'info',
  indexDataPath: 'only what the index tells',
};

/** One variable as documents show it. */
export interface VariableRow {
  readonly name: string;
  readonly unset: string;
  readonly description: string;
}

/** All variables for a table, in order. */
export function variableRows(): readonly VariableRow[] {
  return (Object.keys(WHERE_UNSET) as (keyof typeof WHERE_UNSET)[]).map(
    (key) => {
      const { name, description } = BRIDGE_VARIABLES[key];
      return { name, description, unset: WHERE_UNSET[key] };
    }
  );
}

function readAddress(text: string, name: string): string {
  if (isIP(text) !== 0 || text === 'localhost') return text;
  throw bad(name, text, 'is not an IP address');
}

function readFolder(text: string, name: string): string {
  if (isAbsolute(text)) return text;
  throw bad(name, text, 'is not an absolute path');
}

function readLogLevel(text: string, name: string): LogLevel {
  const level = LOG_LEVELS.find((one) => one === text);
  if (level !== undefined) return level;
  throw bad(name, text, `is none of ${LOG_LEVELS.join(', ')}`);
}

function bad(name: string, text: string, problem: string): ConstellationError {
  const shown = JSON.stringify(text.slice(0, 60));
  return new ConstellationError('BAD_OPTION', `${name} = ${shown} ${problem}.`);
}
