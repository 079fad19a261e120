import type { CommandGroup } from '../../cli/index.js';
import { CREATE_COMMAND } from './create-command.js';
import { LIST_COMMAND } from './list-command.js';
import { PRUNE_COMMAND } from './prune-command.js';
import { RESTORE_COMMAND } from './restore-command.js';
import { SCHEDULE_COMMAND } from './schedule-command.js';
import { STATUS_COMMAND } from './status-command.js';
import { VERIFY_COMMAND } from './verify-command.js';

/** The command line of `scripts/backup.ts`. */
export const BACKUP_COMMANDS: CommandGroup = {
  command: 'npx zx scripts/backup.ts',
  purpose: 'Backups of the local Constellation that are known to restore.',
  commands: [
    CREATE_COMMAND,
    LIST_COMMAND,
    VERIFY_COMMAND,
    RESTORE_COMMAND,
    PRUNE_COMMAND,
    SCHEDULE_COMMAND,
    STATUS_COMMAND,
  ],
};
