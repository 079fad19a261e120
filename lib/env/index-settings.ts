import {
  isAddress,
  isImageName,
  isJetstreamList,
  isMemorySize,
  isPath,
  isRevision,
  type Setting,
} from './setting.js';

/** The settings of the index, what it runs in, and its backups. */
export const INDEX_SETTINGS = {
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
} as const satisfies Readonly<Record<string, Setting>>;
