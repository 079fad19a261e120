import {
  EXIT,
  Steps,
  summaryBox,
  type CommandContext,
  type ExitCode,
} from '../../cli/index.js';
import type { EmbeddedPrograms } from '../../runtime/embedded/embedded-command.js';
import type { StateFolder } from '../../runtime/state-folder.js';
import type { RecordKeeper } from '../record-keeper.js';
import type { SetupFlags } from '../setup-command.js';
import { SetupError } from '../setup-error.js';
import type { SetupOptions } from '../setup-options.js';
import { upgradeDocker } from './upgrade-docker.js';
import { upgradeEmbedded } from './upgrade-embedded.js';
import { upgradeBlock, upgradeDocument } from './upgrade-report.js';
import type { UpgradeRequest } from './upgrade-request.js';

/** What an upgrade is run with; the holder of the state folder's lock calls. */
export interface UpgradeWish {
  readonly options: SetupOptions;
  readonly folder: StateFolder;
  readonly record: RecordKeeper;
  readonly request: UpgradeRequest;
  /** Other programs than the real ones, for tests. */
  readonly programs: EmbeddedPrograms | undefined;
}

/**
 * What `scripts/setup.ts --upgrade` and `--rollback` do.
 *
 * @throws SetupError NOTHING_FOUND where nothing is set up
 */
export async function runUpgrade(
  context: CommandContext<SetupFlags>,
  { options, folder, record, request, programs }: UpgradeWish
): Promise<ExitCode> {
  const { output, undo, signal } = context;
  const runtime = record.earlier?.runtime;
  if (runtime === undefined) {
    throw new SetupError(`nothing is set up in ${folder.path}`, {
      code: 'NOTHING_FOUND',
      suggestion: 'npx zx scripts/setup.ts',
    });
  }
  const steps = new Steps(output);
  const run = { context, options, folder, record, steps, programs };
  const outcome =
    runtime === 'docker'
      ? await upgradeDocker(run, request)
      : await upgradeEmbedded(run, request);
  signal.throwIfAborted();
  undo.commit();
  output.document(upgradeDocument(runtime, folder, request, outcome));
  if (outcome.state === 'declined') {
    output.note('Nothing was done.');
    return EXIT.interrupted;
  }
  const { title, lines } = upgradeBlock(outcome);
  output.result(summaryBox(title, lines, output.resultPaint));
  return EXIT.good;
}
