/** What the flags come to. */

import { parseBind } from '../../lib/api-server/index.js';
import type { BindAddress } from '../../lib/api-server/index.js';
import { UsageError } from '../../lib/cli/index.js';
import type { FlagValues } from '../../lib/cli/index.js';
import type { LogLevel } from '../../lib/log/log.js';
import { COMMAND } from './flags.js';
import { parseEndpoints } from './jetstream/index.js';

/** What the process runs with. */
export interface EmbeddedSettings {
  readonly bind: BindAddress;
  readonly bindMetrics: BindAddress | null;
  /** Null: the metrics say nothing of backups. */
  readonly backupState: string | null;
  readonly dataPath: string;
  /** URLs; null when a file is indexed, or nothing. */
  readonly jetstream: readonly string[] | null;
  /** Null with a stream, and when nothing is taken in. */
  readonly fixture: string | null;
  readonly didWebDomain: string | null;
  readonly workers: number;
  readonly staleAfterMs: number;
  readonly minFreeBytes: number;
  readonly retainDays: number | null;
  readonly sample: boolean;
  readonly log: {
    /** Null: stderr. */
    readonly file: string | null;
    readonly maxBytes: number;
    readonly level: LogLevel;
  };
}

/**
 * Checks what one flag alone cannot know.
 *
 * @param absolute - makes a path absolute
 * @throws UsageError
 */
export function settingsFrom(
  values: FlagValues<(typeof COMMAND)['flags']>,
  absolute: (path: string) => string
): EmbeddedSettings {
  const { data, jetstream, fixture } = values;
  if (data === undefined) {
    throw usage('--data', 'give the data folder with --data DIR');
  }
  const isFed = jetstream !== undefined || fixture !== undefined;
  if (values.stream && !isFed) {
    throw usage(
      '--jetstream',
      'give a stream with --jetstream URL, a file with --fixture FILE, or --no-stream'
    );
  }
  if (!values.stream && isFed) {
    throw usage(
      '--no-stream',
      '--no-stream goes with neither --jetstream nor --fixture'
    );
  }
  return {
    bind: bindOf('--bind', values.bind),
    bindMetrics: values.collectMetrics
      ? bindOf('--bind-metrics', values.bindMetrics)
      : null,
    backupState:
      values.backupState === undefined ? null : absolute(values.backupState),
    dataPath: absolute(data),
    jetstream:
      fixture === undefined && jetstream !== undefined
        ? parseEndpoints(jetstream).map(({ url }) => url)
        : null,
    fixture: fixture === undefined ? null : absolute(fixture),
    didWebDomain: values.didWebDomain ?? null,
    workers: values.workers,
    staleAfterMs: values.staleAfter * 1000,
    minFreeBytes: values.minFreeMib * 1024 * 1024,
    retainDays: values.retainDays ?? null,
    sample: values.sampleData,
    log: {
      file: values.logFile === undefined ? null : absolute(values.logFile),
      maxBytes: values.logMaxBytes,
      level: values.logLevel,
    },
  };
}

function bindOf(flag: string, text: string): BindAddress {
  const bind = parseBind(text);
  if (bind === null) throw usage(flag, `${flag}: expected HOST:PORT`);
  return bind;
}

function usage(flag: string, message: string): UsageError {
  return new UsageError(
    [{ code: 'missing-answer', flag, message }],
    `${COMMAND.command} --help`
  );
}
