/**
 * Sets up a local Constellation: checks, starts, waits until it is fresh, and
 * connects an AppView. A second run finds everything done.
 *
 *   npx zx scripts/setup.ts [flags]
 *   npx zx scripts/setup.ts --upgrade [--version REV | --image NAME]
 *   npx zx scripts/setup.ts --rollback
 *
 * Exit codes: 0 set up, 1 failed (what was changed is put back), 2 wrong use,
 * 10 nothing to upgrade, 11 locked by another run, 130 interrupted (put back, too).
 */

import { runCommand } from '../lib/cli/index.js';
import { readEnvAnswers } from '../lib/setup/env-answers.js';
import { runSetupCommand } from '../lib/setup/run-setup-command.js';
import { SETUP_COMMAND } from '../lib/setup/setup-command.js';

await runCommand(SETUP_COMMAND, (context) => runSetupCommand(context), {
  url: import.meta.url,
  envFile: readEnvAnswers,
  // Longer than a start or a stop of the index may take.
  stopGraceMs: 40_000,
  undoTimeoutMs: 120_000,
});
