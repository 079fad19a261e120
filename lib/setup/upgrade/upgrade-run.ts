import type { CommandContext, Steps } from '../../cli/index.js';
import type { EmbeddedPrograms } from '../../runtime/embedded/embedded-command.js';
import type { StateFolder } from '../../runtime/state-folder.js';
import type { RecordKeeper } from '../record-keeper.js';
import type { RecordedFile } from '../recorded-file.js';
import type { SetupFlags } from '../setup-command.js';
import type { SetupOptions } from '../setup-options.js';

/** What an upgrade works with. */
export interface UpgradeRun {
  readonly context: CommandContext<SetupFlags>;
  readonly options: SetupOptions;
  readonly folder: StateFolder;
  readonly record: RecordKeeper;
  readonly steps: Steps;
  /** Other programs than the real ones, for tests. */
  readonly programs: EmbeddedPrograms | undefined;
}

/** A version of the index. */
export interface RunVersion {
  /** Null: there are no images. */
  readonly image: string | null;
  /** Null: not known. */
  readonly version: string | null;
}

/** What an upgrade or a rollback came to. */
export interface UpgradeOutcome {
  /**
   * `already`: it ran so before; `planned`: a dry run; `declined`: somebody
   * said no.
   */
  readonly state: 'done' | 'already' | 'planned' | 'declined';
  readonly from: RunVersion;
  readonly to: RunVersion;
  /** What would be done, or what there is to say, a line each. */
  readonly lines: readonly string[];
  readonly changedFiles: readonly RecordedFile[];
}
