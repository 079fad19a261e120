import { JetstreamError } from '../../microcosm-bridge/constellation-embedded/jetstream/jetstream-error.js';
import { parseEndpoints } from '../../microcosm-bridge/constellation-embedded/jetstream/endpoints.js';
import { defineCommand, EXIT, STANDARD_FLAGS } from '../cli/index.js';
import { settingFlag } from '../env/index.js';
import { isHttpUrl, isPath } from '../env/setting.js';

/** How long setup waits for fresh events unless told otherwise (s). */
const DEFAULT_WAIT_S = 60;

/** The command line of `scripts/setup.ts`. */
export const SETUP_COMMAND = defineCommand({
  command: 'npx zx scripts/setup.ts',
  purpose:
    'Sets up a local Constellation: checks the machine, starts the index, waits until it is fresh, and connects an AppView. A second run finds everything done. What a run that fails or is interrupted has changed is put back.',
  flags: {
    runtime: settingFlag('CONSTELLATION_RUNTIME', {
      help: 'what runs the index; auto takes the embedded one where no Docker engine can be used',
    }),
    data: settingFlag('CONSTELLATION_DATA_PATH', {
      placeholder: 'DIR',
      help: 'folder that holds the index (default .constellation-local/data)',
    }),
    jetstream: {
      ...settingFlag('JETSTREAM_URL', {
        placeholder: 'URL',
        help: 'Jetstream that feeds the index: a ws:// or wss:// URL, us-east-1, us-east-2, us-west-1 or us-west-2; several, comma-separated, are tried in turn (default: the fastest)',
      }),
      check: checkJetstream,
    },
    appview: {
      type: 'string',
      placeholder: 'DIR',
      env: 'CONSTELLATION_APPVIEW',
      help: 'connect the AppView in this folder: the five CONSTELLATION_ keys of its .env, nothing else',
      check: (text) => (isPath(text) ? undefined : 'a folder'),
    },
    appviewUrl: {
      type: 'string',
      placeholder: 'URL',
      env: 'CONSTELLATION_APPVIEW_URL',
      help: 'the index as the AppView sees it, where that is not its address on this machine (a container, another host)',
      check: (text) =>
        isHttpUrl(text) ? undefined : 'an http:// or https:// URL',
    },
    composeFile: {
      type: 'string',
      placeholder: 'FILE',
      env: 'CONSTELLATION_COMPOSE_FILE',
      help: 'compose file of the AppView, several joined by a colon (default: as Compose finds them in its folder); Docker only',
    },
    projectName: {
      type: 'string',
      placeholder: 'NAME',
      env: 'CONSTELLATION_PROJECT_NAME',
      help: 'compose project of the AppView (default: as Compose names it); Docker only',
      check: (text) =>
        /^[a-z0-9][-_a-z0-9]*$/.test(text)
          ? undefined
          : 'lower-case letters, digits, - and _',
    },
    appService: {
      type: 'string',
      placeholder: 'NAME',
      env: 'CONSTELLATION_APP_SERVICE',
      help: 'service of the compose file that is the AppView, several joined by commas (default: found); Docker only',
      check: (text) =>
        /^[^,]+(?:,[^,]+)*$/.test(text)
          ? undefined
          : 'one or more names, separated by commas',
    },
    bridgeService: {
      type: 'string',
      placeholder: 'NAME',
      env: 'CONSTELLATION_BRIDGE_SERVICE',
      help: 'service of the compose file that is the bridge (default: found); Docker only',
    },
    image: settingFlag('CONSTELLATION_IMAGE', {
      placeholder: 'NAME',
      help: 'image to run instead of building one; Docker only',
    }),
    version: settingFlag('CONSTELLATION_VERSION', {
      placeholder: 'REV',
      help: 'branch, tag or commit of the server that is built (default: the pinned commit); Docker only',
    }),
    upgrade: {
      type: 'boolean',
      default: false,
      help: 'build (--version) or take (--image) another version beside the running one, switch to it, and go back by itself when it is not well',
    },
    rollback: {
      type: 'boolean',
      default: false,
      help: 'go back to the image before the last upgrade; Docker only',
    },
    rebuild: {
      type: 'boolean',
      default: false,
      help: 'begin a new, empty index and keep the old one beside it; Docker only',
    },
    confirm: {
      type: 'string',
      placeholder: 'NAME',
      help: 'name of the volume, to confirm --rebuild where nobody can be asked',
    },
    backup: {
      type: 'boolean',
      help: 'make a backup before an upgrade; asked for where neither is given',
    },
    backups: settingFlag('CONSTELLATION_BACKUP_PATH', {
      placeholder: 'DIR',
      help: 'folder of that backup (default: the one of the last backup)',
    }),
    since: {
      type: 'string',
      placeholder: 'TIME',
      help: 'move the time since which the index is complete, after an outage longer than its stream keeps events; Docker only, test.ts says when',
      check: (text) =>
        /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) &&
        Date.parse(text) <= Date.now()
          ? undefined
          : 'a time of the past in ISO 8601, such as 2026-01-31T12:00:00Z',
    },
    cacheTtl: settingFlag('CONSTELLATION_CACHE_TTL', {
      help: 'how long the AppView keeps an answer (default 30)',
    }),
    timeout: settingFlag('CONSTELLATION_TIMEOUT', {
      help: 'how long the AppView waits for an answer (default 5000)',
    }),
    bind: settingFlag('CONSTELLATION_BIND', {
      placeholder: 'ADDRESS',
      help: 'address to listen on; there is no authentication, so only a loopback address is private',
    }),
    port: settingFlag('CONSTELLATION_PORT', { help: 'port of the HTTP API' }),
    metricsPort: settingFlag('CONSTELLATION_METRICS_PORT', {
      help: 'port of the Prometheus metrics',
    }),
    bridge: {
      type: 'boolean',
      default: true,
      help: 'start a bridge beside the index, where the AppView has none of its own: its API with a cache, and the remote index behind it',
    },
    bridgeLogLevel: settingFlag('CONSTELLATION_BRIDGE_LOG_LEVEL', {
      help: 'least important lines that the bridge logs (default: as --log-level)',
    }),
    bridgePort: settingFlag('CONSTELLATION_BRIDGE_PORT', {
      help: 'port of the bridge; where the default one is taken and none is given, there is no bridge',
    }),
    fallbackUrl: settingFlag('CONSTELLATION_FALLBACK_URL', {
      placeholder: 'URL',
      help: 'index that the bridge asks for what the local one cannot know; off lets nothing leave the house (default: the public instance)',
    }),
    workers: settingFlag('CONSTELLATION_WORKERS', {
      help: 'threads that answer the API (default: by the number of cores)',
    }),
    retainDays: settingFlag('CONSTELLATION_RETAIN_DAYS', {
      help: 'of the embedded index: drop links of records older than so many days, for good (default: keep all)',
    }),
    logLevel: settingFlag('CONSTELLATION_LOG_LEVEL', {
      help: 'least important lines that are logged',
    }),
    sample: {
      type: 'boolean',
      default: false,
      help: 'index invented data from the bundled simulator; needs no network, connects no AppView',
    },
    foreground: {
      type: 'boolean',
      default: false,
      help: 'stay attached when done, for systemd: ends when the index does, stops it when asked to end',
    },
    wait: {
      type: 'integer',
      unit: 's',
      min: 1,
      max: 3600,
      default: DEFAULT_WAIT_S,
      help: 'how long to wait for the first fresh event',
    },
    state: {
      type: 'string',
      placeholder: 'DIR',
      env: 'CONSTELLATION_STATE',
      help: 'state folder (default .constellation-local)',
    },
    // Not --env-file: Node takes that for itself, wherever it stands.
    settings: {
      type: 'string',
      placeholder: 'FILE',
      env: 'CONSTELLATION_ENV_FILE',
      help: 'environment file (default .env.constellation-local, with another state folder the one in it)',
    },
    ...STANDARD_FLAGS,
  },
  exitCodes: [
    [EXIT.good, 'set up, or everything was set up already'],
    [EXIT.nothingFound, 'there is nothing to upgrade'],
  ],
  examples: [
    {
      command: 'npx zx scripts/setup.ts',
      does: 'Be asked',
    },
    {
      command: 'npx zx scripts/setup.ts --yes --sample',
      does: 'Try it with invented data, without network',
    },
    {
      command: 'npx zx scripts/setup.ts --yes --appview ../appview',
      does: 'Index the network and connect an AppView',
    },
    {
      command: 'npx zx scripts/setup.ts --upgrade --version main',
      does: 'Build that revision beside the running one, and switch to it',
    },
    {
      command: 'npx zx scripts/setup.ts --yes --dry-run --json',
      does: 'Show the plan as data, do nothing',
    },
  ],
});

/** The flags of setup. */
export type SetupFlags = (typeof SETUP_COMMAND)['flags'];

function checkJetstream(text: string): string | undefined {
  try {
    parseEndpoints(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof JetstreamError)) throw error;
    const names = 'us-east-1, us-east-2, us-west-1 or us-west-2';
    return `a ws:// or wss:// URL, ${names} (${error.message})`;
  }
}
