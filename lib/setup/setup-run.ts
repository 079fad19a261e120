import type { Output, Prompter, UndoStack } from '../cli/index.js';
import type { EmbeddedPrograms } from '../runtime/embedded/embedded-command.js';
import type { RuntimeConfig, RuntimeStatus } from '../runtime/runtime.js';
import type { StateFolder } from '../runtime/state-folder.js';
import type { FindingsSoFar } from './findings.js';
import type { RecordKeeper } from './record-keeper.js';
import type { SetupFlags } from './setup-command.js';
import type { SetupOptions } from './setup-options.js';
import type { UndoableEnvFile } from './undoable-env-file.js';

/** What the steps of one run work with. */
export interface SetupRun {
  readonly options: SetupOptions;
  readonly folder: StateFolder;
  readonly signal: AbortSignal;
  readonly output: Output;
  readonly prompts: Prompter<SetupFlags>;
  readonly undo: UndoStack;
  readonly record: RecordKeeper;
  /** What ran here before this run. */
  readonly before: RuntimeStatus;
  readonly findings: FindingsSoFar;
  readonly envFile: UndoableEnvFile;
  /** Said once at the end, and as they come up. */
  readonly warnings: string[];
  readonly programs: EmbeddedPrograms | undefined;
}

/** What the index is to run with, from what was found so far. */
export function configOf({ options, findings }: SetupRun): RuntimeConfig {
  const { bind, port, metricsPort, logLevel, workers, sample } = options;
  const { cacheTtlSeconds: ttlSeconds, timeoutMs, fallbackUrl } = options;
  const { bridgeLogLevel, retainDays } = options;
  const bridgePort = findings.get('bridgePort');
  return {
    bind,
    port,
    metricsPort,
    jetstream: findings.get('jetstream'),
    dataPath: findings.get('dataPath'),
    logLevel,
    workers,
    ...(retainDays === null ? {} : { retainDays }),
    sample,
    ...(bridgePort === null
      ? {}
      : {
          bridge: {
            ...{ port: bridgePort, ttlSeconds, timeoutMs, fallbackUrl },
            ...(bridgeLogLevel === null ? {} : { logLevel: bridgeLogLevel }),
          },
        }),
  };
}
