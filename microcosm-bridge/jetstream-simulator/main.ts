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
  errorText,
  EXIT,
  exitCodeFor,
  helpText,
  readCommandLine,
  resolveFlags,
  scriptArguments,
  type FlagValues,
} from '../../lib/cli/index.js';
import { SimulatorError } from './simulator-error.js';
import { readFault, SIMULATOR_COMMAND } from './simulator-command.js';
import type { SimulatorOptions } from './simulator-options.js';
import { startSimulator } from './start-simulator.js';

const mebibyte = 1024 * 1024;

/** Events a second beside the sample. */
const sampleEventsPerSecond = 5;

function optionsOf(
  flags: FlagValues<(typeof SIMULATOR_COMMAND)['flags']>
): SimulatorOptions {
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
  const line = readCommandLine(SIMULATOR_COMMAND, args);
  if (line.helpAsked) {
    process.stdout.write(helpText(SIMULATOR_COMMAND));
    return;
  }
  const { values } = resolveFlags(SIMULATOR_COMMAND, line);
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
