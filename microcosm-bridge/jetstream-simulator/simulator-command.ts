import { defineCommand, errorText, EXIT } from '../../lib/cli/index.js';
import type { Fault } from './fault/fault.js';
import { faultNames, parseFault } from './fault/parse-fault.js';

/** `silent`, or a fault with its fields as JSON. */
export function readFault(text: string): Fault {
  return parseFault(text.startsWith('{') ? JSON.parse(text) : { fault: text });
}

/** The command line of main.ts. */
export const SIMULATOR_COMMAND = defineCommand({
  command: 'npx tsx microcosm-bridge/jetstream-simulator/main.ts',
  purpose:
    'A Jetstream for tests, benchmarks and demonstrations: replays events, ' +
    'makes new ones, and breaks in every way a real one does.',
  flags: {
    host: {
      type: 'string',
      placeholder: 'ADDRESS',
      default: '127.0.0.1',
      help: 'where to listen',
    },
    port: {
      type: 'integer',
      min: 0,
      max: 65_535,
      default: 6008,
      help: '0 takes a free one',
    },
    sample: {
      type: 'boolean',
      default: false,
      help: 'replay the bundled sample up to now, then 5 events a second; clients without cursor get all of it',
    },
    file: {
      type: 'string',
      placeholder: 'FILE',
      help: 'replay a file of events, one JSON line each',
    },
    rebase: {
      type: 'boolean',
      default: false,
      help: 'shift the times of the file so that its newest event is now',
    },
    live: {
      type: 'number',
      unit: 'events/s',
      min: 0,
      max: 100_000,
      help: 'new events a second; 0 makes none',
    },
    liveAfterReplay: {
      type: 'boolean',
      default: false,
      help: 'make none before a client has received all there is',
    },
    seed: {
      type: 'integer',
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      help: 'of the new events; default 1, with --sample the time of the start',
    },
    withoutCursor: {
      type: 'choice',
      choices: ['live', 'oldest'],
      help: 'where a client begins that names no cursor; default live, with --sample oldest',
    },
    keepMib: {
      type: 'integer',
      unit: 'MiB',
      min: 1,
      max: 1_000_000,
      default: 256,
      help: 'memory for events that are not in a file; the oldest go first',
    },
    fault: {
      type: 'string',
      placeholder: 'FAULT',
      default: 'none',
      help: `what is wrong from the start: ${faultNames.join(', ')}, or JSON with its fields (README.md)`,
      check: (text) => {
        try {
          readFault(text);
          return undefined;
        } catch (error) {
          return errorText(error);
        }
      },
    },
  },
  exitCodes: [[EXIT.good, 'stopped by SIGINT or SIGTERM']],
});
