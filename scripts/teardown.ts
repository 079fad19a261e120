/**
 * Stops the local Constellation, and removes what it is told to.
 *
 *   npx zx scripts/teardown.ts [flags]
 *
 * Exit codes: 0 done or nothing left to do, 1 failed, 2 wrong use, 11 locked
 * by another run, 130 interrupted.
 */

import { runCommand } from '../lib/cli/index.js';
import { runTeardownCommand } from '../lib/teardown/run-teardown-command.js';
import { TEARDOWN_COMMAND } from '../lib/teardown/teardown-command.js';

await runCommand(TEARDOWN_COMMAND, runTeardownCommand, {
  url: import.meta.url,
  // Longer than the index may take to commit.
  stopGraceMs: 40_000,
});
