import {
  numberReader,
  readBoolean,
  readVariable,
  type Environment,
  type EnvironmentVariable,
} from './environment-variable.js';
import { checkRedisUrl, checkUserAgent } from './option-check.js';
import { NUMBER_RULES, type ConstellationOptions } from './options.js';
import { parseServiceUrl } from './service-url.js';
import { parseCompleteness } from './since.js';

const readDelay = numberReader({ least: 0.01, most: 60_000, orZero: true });

/** What turns the integration on: `true`, and nothing else does. */
export const ENABLED_VARIABLE: EnvironmentVariable<boolean> = {
  name: 'CONSTELLATION_ENABLED',
  description: '`true` turns Constellation on; anything else leaves it off.',
  read: (text) => text === 'true',
};

/**
 * Every variable that sets an option of the client, by option. The names are
 * the ones AppViews have; a test compares them with the setup's own schema.
 */
export const OPTION_VARIABLES = {
  url: {
    name: 'CONSTELLATION_URL',
    description: 'The index asked first.',
    read: (text, name) => {
      parseServiceUrl(text, name);
      return text;
    },
  },
  local: {
    name: 'CONSTELLATION_LOCAL',
    description: '`true` or `false` overrules detection; detected where unset.',
    read: readBoolean,
  },
  fallbackUrl: {
    name: 'CONSTELLATION_FALLBACK_URL',
    description: 'The index behind a local one; `off` lets nothing leave.',
    read: (text, name) => {
      if (text !== 'off') parseServiceUrl(text, name);
      return text;
    },
  },
  localSince: {
    name: 'CONSTELLATION_LOCAL_SINCE',
    description:
      'Since when the local index is complete: ISO 8601, `complete`.',
    read: (text, name) => {
      parseCompleteness(text, name);
      return text;
    },
  },
  ttlSeconds: {
    name: 'CONSTELLATION_CACHE_TTL',
    description: 'Seconds an answer is fresh.',
    read: numberReader(NUMBER_RULES.ttlSeconds),
  },
  deadlineMs: {
    name: 'CONSTELLATION_TIMEOUT',
    description: 'Milliseconds a call takes at most, all tries and indexes.',
    read: numberReader(NUMBER_RULES.deadlineMs),
  },
  retries: {
    name: 'CONSTELLATION_MAX_RETRIES',
    description: 'Tries after the first.',
    read: numberReader(NUMBER_RULES.retries),
  },
  retryDelayMs: {
    name: 'CONSTELLATION_RETRY_DELAY',
    description: 'Milliseconds before the first retry; doubles.',
    read: numberReader(NUMBER_RULES.retryDelayMs),
  },
  requestsPerSecond: {
    name: 'CONSTELLATION_REQUEST_DELAY',
    description:
      'Milliseconds between requests in the long run; 0 for no limit. A rate, not a pause: a page of posts leaves at once.',
    read: readDelayAsRate,
  },
  fallbackRequestsPerSecond: {
    name: 'CONSTELLATION_FALLBACK_REQUEST_DELAY',
    description: 'The same for the index behind the local one.',
    read: readDelayAsRate,
  },
  concurrency: {
    name: 'CONSTELLATION_CONCURRENCY',
    description: 'Requests to the index under way at once.',
    read: numberReader(NUMBER_RULES.concurrency),
  },
  localStallAfterMs: {
    name: 'CONSTELLATION_STALL_AFTER',
    description:
      'Milliseconds a local index may stand still before it counts as stalled; 0 for a quiet network of one’s own.',
    read: numberReader(NUMBER_RULES.localStallAfterMs),
  },
  userAgent: {
    name: 'CONSTELLATION_USER_AGENT',
    description: 'Sent with each request; constant, as servers count by it.',
    read: checkUserAgent,
  },
  redisUrl: {
    name: 'REDIS_URL',
    description: 'Redis to share answers through; none where unset.',
    read: checkRedisUrl,
  },
} as const satisfies {
  readonly [K in keyof ConstellationOptions]?: EnvironmentVariable<
    NonNullable<ConstellationOptions[K]>
  >;
};

/** What the environment says. */
export interface ClientEnvironment {
  readonly enabled: boolean;
  /** What is set; the rest has the client's defaults. */
  readonly options: ConstellationOptions;
}

/**
 * Reads a client's options from variables. Where it is not enabled the other
 * variables are not looked at: what is off cannot stop a program.
 *
 * @param environment such as `process.env`; this module never looks by itself
 * @throws ConstellationError `BAD_OPTION` or `BAD_URL`, naming the variable
 */
export function readEnvironment(environment: Environment): ClientEnvironment {
  const enabled = readVariable(ENABLED_VARIABLE, environment) ?? false;
  return { enabled, options: enabled ? optionsFrom(environment) : {} };
}

/**
 * The options alone, for a program that is on whatever `CONSTELLATION_ENABLED`
 * says.
 * @throws ConstellationError `BAD_OPTION` or `BAD_URL`, naming the variable
 */
export function optionsFrom(environment: Environment): ConstellationOptions {
  const from = <T>(variable: EnvironmentVariable<T>): T | undefined =>
    readVariable(variable, environment);
  return {
    url: from(OPTION_VARIABLES.url),
    local: from(OPTION_VARIABLES.local),
    fallbackUrl: from(OPTION_VARIABLES.fallbackUrl),
    localSince: from(OPTION_VARIABLES.localSince),
    ttlSeconds: from(OPTION_VARIABLES.ttlSeconds),
    deadlineMs: from(OPTION_VARIABLES.deadlineMs),
    retries: from(OPTION_VARIABLES.retries),
    retryDelayMs: from(OPTION_VARIABLES.retryDelayMs),
    requestsPerSecond: from(OPTION_VARIABLES.requestsPerSecond),
    fallbackRequestsPerSecond: from(OPTION_VARIABLES.fallbackRequestsPerSecond),
    concurrency: from(OPTION_VARIABLES.concurrency),
    localStallAfterMs: from(OPTION_VARIABLES.localStallAfterMs),
    userAgent: from(OPTION_VARIABLES.userAgent),
    redisUrl: from(OPTION_VARIABLES.redisUrl),
  };
}

/** A pause between requests as requests a second; 0 stays "no limit". */
function readDelayAsRate(text: string, name: string): number {
  const delayMs = readDelay(text, name);
  return delayMs === 0 ? 0 : 1000 / delayMs;
}
