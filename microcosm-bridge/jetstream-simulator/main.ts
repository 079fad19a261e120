/**
 * Runs the Jetstream simulator until it is stopped.
 *
 *   npx tsx microcosm-bridge/jetstream-simulator/main.ts --sample
 *
 * Prints one line of JSON on stdout when it listens: `{"url", "control", "port",
 * "pid"}`. SIGINT and SIGTERM stop it. Exit codes: 0 stopped, 1 failed, 2 wrong
 * use.
 */
import {
  defineCommand,
  errorText,
  EXIT,
  exitCodeFor,
  helpText,
  readCommandLine,
  resolveFlags,
  scriptArguments,
  type FlagValues,
} from '../../lib/cli/index.js';
import type { Fault } from './fault/fault.js';
import { faultNames, parseFault } from './fault/parse-fault.js';
import { SimulatorError } from './simulator-error.js';
import type { SimulatorOptions } from './simulator-options.js';
import { startSimulator } from './start-simulator.js';

const mebibyte = 1024 * 1024;

/** `silent`, or a fault with its fields as JSON. */
function readFault(text: string): Fault {
  return parseFault(text.startsWith('{') ? JSON.parse(text) : { fault: text });
}

const spec = defineCommand({
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

/** Events a second beside the sample. */
const sampleEventsPerSecond = 5;

function optionsOf(flags: FlagValues<typeof spec.flags>): SimulatorOptions {
  const { host, port, sample, file, rebase, seed, keepMib } = flags;
  const pace = flags.live ?? (sample ? sampleEventsPerSecond : 0);
  return {
    host,
    port,
    sample,
    rebase,
    ...(file !== undefined && { file }),
    ...(pace > 0 && {
      live: {
        eventsPerSecond: pace,
        afterReplay: flags.liveAfterReplay,
        ...(seed !== undefined && { seed }),
      },
    }),
    withoutCursor: flags.withoutCursor ?? (sample ? 'oldest' : 'live'),
    keepBytes: keepMib * mebibyte,
    fault: readFault(flags.fault),
  };
}

async function main(): Promise<void> {
  const args = scriptArguments(import.meta.url, process.argv);
  const line = readCommandLine(spec, args);
  if (line.helpAsked) {
    process.stdout.write(helpText(spec));
    return;
  }
  const { values } = resolveFlags(spec, line);
  const simulator = await startSimulator(optionsOf(values));
  const { url, port } = simulator;
  const control = url.replace(/^ws(.*)\/subscribe$/, 'http$1/_control');
  const started = { url, control, port, pid: process.pid };
  process.stdout.write(JSON.stringify(started) + '\n');
  // While nothing listens, nothing else keeps the process running.
  setInterval(() => undefined, 2 ** 30);
  const stop = () => void simulator.close().then(() => process.exit(EXIT.good));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(errorText(error) + '\n');
  const isWrongUse =
    error instanceof SimulatorError && error.code === 'bad-option';
  process.exitCode = isWrongUse ? EXIT.wrongUse : exitCodeFor(error);
});
