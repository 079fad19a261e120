/** The command line of the embedded index: the real server's flags, and a few more. */

import { availableParallelism } from 'node:os';
import { parseBind } from '../../lib/api-server/index.js';
import { EXIT, defineCommand } from '../../lib/cli/index.js';
import { LOG_LEVELS } from '../../lib/log/log.js';
import { parseEndpoints } from './jetstream/index.js';

function checkBind(text: string): string | undefined {
  return parseBind(text) === null ? 'HOST:PORT, port 0 to 65535' : undefined;
}

function checkJetstream(text: string): string | undefined {
  try {
    parseEndpoints(text);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `a ws:// or wss:// URL, or a short name (${why})`;
  }
}

function checkDomain(text: string): string | undefined {
  return /^[a-z0-9.-]+(:[0-9]{1,5})?$/i.test(text) ? undefined : 'a host name';
}

/** HTTP threads by default: a core is left to the writer. */
export function defaultWorkers(): number {
  return Math.max(1, availableParallelism() - 1);
}

/** What main.ts runs with. */
export const COMMAND = defineCommand({
  command: 'npx tsx microcosm-bridge/constellation-embedded/main.ts',
  purpose:
    'The embedded index: the API of Constellation from one process and one folder.',
  flags: {
    bind: {
      type: 'string',
      short: 'b',
      default: '127.0.0.1:6789',
      placeholder: 'HOST:PORT',
      help: 'Where the API listens; port 0 takes a free one',
      check: checkBind,
    },
    jetstream: {
      type: 'string',
      short: 'j',
      placeholder: 'URL',
      help: 'Jetstream: a ws:// or wss:// URL, or us-east-1, us-east-2, us-west-1, us-west-2; several, separated by commas, are tried in turn',
      check: checkJetstream,
    },
    data: {
      type: 'string',
      short: 'd',
      placeholder: 'DIR',
      help: 'Data folder; made when it is missing',
    },
    collectMetrics: {
      type: 'boolean',
      default: false,
      help: 'Serve metrics for Prometheus',
    },
    bindMetrics: {
      type: 'string',
      default: '127.0.0.1:8765',
      placeholder: 'HOST:PORT',
      help: 'Where the metrics listen',
      check: checkBind,
    },
    backupState: {
      type: 'string',
      placeholder: 'FILE',
      help: 'backup.json of the state folder, for metrics about backups',
    },
    fixture: {
      type: 'string',
      placeholder: 'FILE',
      help: 'Index a file of JSON lines instead of a stream, then go on serving',
    },
    stream: {
      type: 'boolean',
      default: true,
      help: 'Take events in; --no-stream serves what is there, as it is',
    },
    didWebDomain: {
      type: 'string',
      placeholder: 'HOST',
      help: 'Answer /.well-known/did.json for did:web:HOST',
      check: checkDomain,
    },
    workers: {
      type: 'integer',
      min: 1,
      max: 64,
      unit: 'threads',
      default: defaultWorkers(),
      help: 'Threads that answer HTTP; the default leaves one core to the writer',
    },
    staleAfter: {
      type: 'integer',
      min: 1,
      max: 86_400,
      unit: 's',
      default: 60,
      help: '/health says stalled when nothing was read, or the newest event is older and not getting younger, for this long',
    },
    minFreeMib: {
      type: 'integer',
      min: 0,
      max: 1_048_576,
      unit: 'MiB',
      default: 128,
      help: 'Floor for the disk: indexing pauses while less than this is free',
    },
    retainDays: {
      type: 'integer',
      min: 1,
      max: 36_500,
      unit: 'days',
      help: 'Drop links of records older than this, by the time in the record key; without it everything is kept',
    },
    sampleData: {
      type: 'boolean',
      default: false,
      help: 'The events are invented: say so in /health, and keep to a folder of sample data',
    },
    logFile: {
      type: 'string',
      placeholder: 'FILE',
      help: 'Write the log here, rotated by size, and not to stderr',
    },
    logMaxBytes: {
      type: 'integer',
      min: 10_000,
      max: 1_000_000_000,
      unit: 'bytes',
      default: 10_000_000,
      help: 'Size at which the log file is rotated',
    },
    logLevel: {
      type: 'choice',
      choices: LOG_LEVELS,
      default: 'info',
      help: 'Least important lines that are logged',
    },
  },
  exitCodes: [
    [EXIT.good, 'stopped by SIGINT or SIGTERM, everything committed'],
    [EXIT.failed, 'failed; stderr and the log say why'],
    [EXIT.wrongUse, 'wrong use (unknown flag, bad value, missing flag)'],
    [EXIT.locked, 'another process has the data folder'],
  ],
  examples: [],
});
