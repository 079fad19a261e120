/**
 * Checks a local Constellation: nine checks, each with a real assertion.
 *
 *   npx zx scripts/test.ts [flags]
 *
 * Exit codes: 0 all passed or skipped, 1 a check failed (with --strict: or was
 * skipped), 2 wrong use, 130 interrupted.
 */

import { runTestCommand } from '../lib/checks/run-test-command.js';
import { TEST_COMMAND } from '../lib/checks/test-command.js';
import { runCommand } from '../lib/cli/index.js';

await runCommand(TEST_COMMAND, runTestCommand, { url: import.meta.url });
