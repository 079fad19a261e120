import {
  isAddress,
  isHttpUrl,
  isImageName,
  isJetstreamList,
  isMemorySize,
  isPath,
  isRedisUrl,
  isRevision,
  type Setting,
  type SettingValue,
} from './setting.js';

/**
 * Every setting of Constellation Local, in the order of the example file. This
 * is the one place to add one: the example file (`npm run generate`), the
 * parser, the documents' table and the flags follow from it.
 */
export const SETTINGS = {
  CONSTELLATION_RUNTIME: {
    type: 'choice',
    choices: ['auto', 'docker', 'embedded'],
    default: 'auto',
    section: 'What runs',
    readers: ['setup', 'test', 'teardown'],
    comment:
      'What runs the index: the real server in Docker, or the embedded one ' +
      'in Node. auto takes Docker where an engine answers.',
  },
  CONSTELLATION_PORT: {
    type: 'integer',
    min: 1,
    max: 65535,
    default: 6789,
    section: 'What runs',
    readers: ['embedded', 'docker', 'setup', 'test'],
    comment: 'TCP port of the HTTP API on this machine.',
  },
  CONSTELLATION_METRICS_PORT: {
    type: 'integer',
    min: 1,
    max: 65535,
    default: 8765,
    section: 'What runs',
    readers: ['embedded', 'docker', 'setup', 'test'],
    comment: 'TCP port of the Prometheus metrics on this machine.',
  },
  CONSTELLATION_BRIDGE_PORT: {
    type: 'integer',
    min: 1,
    max: 65535,
    default: 3003,
    section: 'What runs',
    readers: ['setup'],
    comment:
      'TCP port of the bridge on this machine, which setup starts beside the ' +
      'index.',
  },
  CONSTELLATION_BIND: {
    type: 'text',
    form: 'an IPv4 or IPv6 address',
    fits: isAddress,
    default: '127.0.0.1',
    section: 'What runs',
    readers: ['embedded', 'docker', 'setup'],
    comment:
      'Address all ports listen on. The API has no authentication: anything ' +
      'but a loopback address opens it to that network.',
  },
  CONSTELLATION_DATA_PATH: {
    type: 'text',
    form: 'a folder',
    fits: isPath,
    whenUnset: 'embedded: .constellation-local/data; Docker: a named volume',
    section: 'What runs',
    readers: ['embedded', 'docker', 'setup', 'test', 'teardown'],
    comment: 'Folder that holds the index.',
  },
  JETSTREAM_URL: {
    type: 'text',
    form:
      'a ws:// or wss:// URL, us-east-1, us-east-2, us-west-1 or us-west-2 ' +
      '(embedded: several, comma-separated)',
    fits: isJetstreamList,
    whenUnset: 'setup measures the public ones and takes the fastest',
    forLocal: 'wss://jetstream2.us-east.bsky.network/subscribe',
    section: 'What runs',
    readers: ['embedded', 'docker', 'setup'],
    comment: 'Jetstream that the index is fed from.',
  },
  CONSTELLATION_LOG_LEVEL: {
    type: 'choice',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    section: 'What runs',
    readers: ['embedded', 'docker'],
    comment: 'How much is logged.',
  },
  CONSTELLATION_BRIDGE_LOG_LEVEL: {
    type: 'choice',
    choices: ['error', 'warn', 'info', 'debug'],
    whenUnset: 'as CONSTELLATION_LOG_LEVEL',
    section: 'What runs',
    readers: ['setup'],
    comment: 'How much the bridge logs.',
  },
  CONSTELLATION_WORKERS: {
    type: 'integer',
    min: 1,
    max: 64,
    whenUnset: 'by the number of cores',
    section: 'Embedded runtime',
    readers: ['embedded'],
    comment: 'Threads that answer the API.',
  },
  CONSTELLATION_VERSION: {
    type: 'text',
    form: 'a branch, tag or commit',
    fits: isRevision,
    whenUnset: 'the commit pinned in the Dockerfile',
    section: 'Docker runtime',
    readers: ['docker'],
    comment: 'Revision of the real Constellation that the image is built from.',
  },
  CONSTELLATION_IMAGE: {
    type: 'text',
    form: 'the name of an image, such as registry.example/constellation:1',
    fits: isImageName,
    whenUnset: 'the image is built from source',
    section: 'Docker runtime',
    readers: ['docker', 'setup'],
    comment: 'Image that is run instead of building one.',
  },
  CONSTELLATION_BRIDGE_IMAGE: {
    type: 'text',
    form: 'the name of an image, such as registry.example/bridge:1',
    fits: isImageName,
    whenUnset: 'the image of the bridge is built from its folder',
    section: 'Docker runtime',
    readers: ['docker', 'setup'],
    comment: 'Image of the bridge that is run instead of building one.',
  },
  CONSTELLATION_MEMORY_LIMIT: {
    type: 'text',
    form: 'an amount of memory such as 512m or 2g',
    fits: isMemorySize,
    default: '2g',
    section: 'Docker runtime',
    readers: ['docker'],
    comment: 'Most memory the container may use.',
  },
  CONSTELLATION_MEMORY_RESERVATION: {
    type: 'text',
    form: 'an amount of memory such as 512m or 2g',
    fits: isMemorySize,
    default: '512m',
    section: 'Docker runtime',
    readers: ['docker'],
    comment: 'Memory kept for the container when the machine runs short.',
  },
  RUST_BACKTRACE: {
    type: 'choice',
    choices: ['0', '1', 'full'],
    default: '1',
    section: 'Docker runtime',
    readers: ['docker'],
    comment: 'How much the real server says about where it crashed.',
  },
  CONSTELLATION_BACKUP_PATH: {
    type: 'text',
    form: 'a folder',
    fits: isPath,
    whenUnset: '.constellation-local/backups',
    section: 'Backups',
    readers: ['backup', 'teardown'],
    comment:
      'Folder that backups are written to; better on another disk than the ' +
      'index.',
  },
  CONSTELLATION_BACKUP_HOOK: {
    type: 'text',
    form: 'a program',
    fits: isPath,
    whenUnset: 'backups stay where they are',
    section: 'Backups',
    readers: ['backup'],
    comment:
      'Program that takes a finished backup elsewhere; called with created ' +
      'and the folder of the backup.',
  },
  CONSTELLATION_ENABLED: {
    type: 'boolean',
    default: false,
    forLocal: 'true',
    section: 'AppView',
    readers: ['client', 'setup', 'test'],
    comment: 'Whether the AppView asks Constellation at all.',
  },
  CONSTELLATION_URL: {
    type: 'text',
    form: 'an http:// or https:// URL without credentials',
    fits: isHttpUrl,
    default: 'https://constellation.microcosm.blue',
    forLocal: 'http://127.0.0.1:6789',
    section: 'AppView',
    readers: ['client', 'setup', 'test'],
    comment: 'The instance the AppView asks, as seen from the AppView.',
  },
  CONSTELLATION_LOCAL: {
    type: 'boolean',
    whenUnset: 'detected from CONSTELLATION_URL',
    forLocal: 'true',
    section: 'AppView',
    readers: ['client', 'setup', 'test'],
    comment: 'Whether that instance is a local one: no rate limit, short TTL.',
  },
  CONSTELLATION_CACHE_TTL: {
    type: 'integer',
    unit: 's',
    min: 1,
    max: 86_400,
    whenUnset: '30 for a local instance, 60 for a remote one',
    forLocal: '30',
    section: 'AppView',
    readers: ['client', 'setup'],
    comment: 'How long an answer is kept in memory and in Redis.',
  },
  CONSTELLATION_TIMEOUT: {
    type: 'integer',
    unit: 'ms',
    min: 50,
    max: 120_000,
    whenUnset: 'by kind of instance',
    forLocal: '5000',
    section: 'AppView',
    readers: ['client', 'setup'],
    comment: 'How long a question may take before it counts as failed.',
  },
  CONSTELLATION_LOCAL_SINCE: {
    type: 'since',
    whenUnset: 'unknown: everything is treated as older than the index',
    section: 'AppView',
    readers: ['client', 'setup', 'test'],
    comment:
      'Since when the local index is complete: an ISO 8601 time, or complete ' +
      'after a backfill. Setup writes it.',
  },
  CONSTELLATION_FALLBACK_URL: {
    type: 'text',
    form: 'an http:// or https:// URL without credentials, or off',
    fits: (text) => text === 'off' || isHttpUrl(text),
    whenUnset: 'the public instance behind a local one, none behind a remote',
    section: 'AppView',
    readers: ['client'],
    comment:
      'The instance asked where the local one cannot answer or is too young; ' +
      'off lets nothing leave the house.',
  },
  CONSTELLATION_REQUEST_DELAY: {
    type: 'integer',
    unit: 'ms',
    min: 0,
    max: 60_000,
    whenUnset: '0 for a local instance, 100 for a remote one',
    section: 'AppView',
    readers: ['client'],
    comment:
      'Time between requests in the long run, 0 for no limit. Fifty requests ' +
      'may leave at once.',
  },
  CONSTELLATION_FALLBACK_REQUEST_DELAY: {
    type: 'integer',
    unit: 'ms',
    min: 0,
    max: 60_000,
    whenUnset: '100',
    section: 'AppView',
    readers: ['client'],
    comment: 'The same for the instance behind the local one.',
  },
  CONSTELLATION_CONCURRENCY: {
    type: 'integer',
    min: 1,
    max: 256,
    whenUnset: '4 for a local instance, 8 for a remote one',
    section: 'AppView',
    readers: ['client'],
    comment: 'Requests to the instance under way at once.',
  },
  CONSTELLATION_MAX_RETRIES: {
    type: 'integer',
    min: 0,
    max: 10,
    whenUnset: '1 for a local instance, 2 for a remote one',
    section: 'AppView',
    readers: ['client'],
    comment: 'Tries after the first, within the same timeout.',
  },
  CONSTELLATION_RETRY_DELAY: {
    type: 'integer',
    unit: 'ms',
    min: 0,
    max: 60_000,
    whenUnset: '25 for a local instance, 250 for a remote one',
    section: 'AppView',
    readers: ['client'],
    comment: 'Pause before the first retry; doubles.',
  },
  CONSTELLATION_STALL_AFTER: {
    type: 'integer',
    unit: 'ms',
    min: 0,
    max: 86_400_000,
    whenUnset: '120000',
    section: 'AppView',
    readers: ['client'],
    comment:
      'How long a local instance may stand still before it counts as ' +
      'stalled; 0 for a quiet network of your own.',
  },
  CONSTELLATION_USER_AGENT: {
    type: 'text',
    form: '1 to 256 printable ASCII characters',
    fits: (text) => /^[\x20-\x7e]{1,256}$/.test(text),
    whenUnset: 'constellation-local',
    section: 'AppView',
    readers: ['client'],
    comment: 'Sent with each request; one constant text.',
  },
  REDIS_URL: {
    type: 'text',
    form: 'a redis:// or rediss:// URL',
    fits: isRedisUrl,
    secret: true,
    whenUnset: 'no shared cache; the Redis check is skipped',
    section: 'AppView',
    readers: ['client', 'setup', 'test'],
    comment:
      'Redis that answers are cached in; the bridge that setup starts uses it, ' +
      'too. May hold a password.',
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

type ValueOf<S extends Setting> = S extends {
  readonly default: boolean | number | string;
}
  ? SettingValue<S>
  : SettingValue<S> | undefined;

/** Parsed settings; undefined only where a setting has no default. */
export type Settings = {
  readonly [K in SettingName]: ValueOf<(typeof SETTINGS)[K]>;
};

/** Whether a key is one of ours. */
export function isSettingName(key: string): key is SettingName {
  return Object.hasOwn(SETTINGS, key);
}

/** A setting by name, with the type all settings share. */
export function settingNamed(name: SettingName): Setting {
  return SETTINGS[name];
}

/** All names, in the order of the schema. */
export const SETTING_NAMES: readonly SettingName[] =
  Object.keys(SETTINGS).filter(isSettingName);
