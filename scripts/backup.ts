/**
 * Backups of the local Constellation.
 *
 *   npx zx scripts/backup.ts create|list|verify|restore|prune|schedule|status
 *
 * Exit codes: 0 good, 1 failed, 2 wrong use, 3 written but not verified,
 * 10 nothing found, 11 locked by another run, 130 interrupted.
 */

import { BACKUP_COMMANDS } from '../lib/backup/commands/backup-commands.js';
import { runCommandGroup } from '../lib/cli/index.js';
import { readEnvAnswers } from '../lib/setup/env-answers.js';

await runCommandGroup(BACKUP_COMMANDS, {
  url: import.meta.url,
  envFile: readEnvAnswers,
  // A restore that is interrupted puts the old data back and starts it.
  stopGraceMs: 120_000,
});
