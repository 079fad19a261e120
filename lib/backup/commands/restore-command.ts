import {
  defineCommand,
  EXIT,
  groupedCommand,
  STANDARD_FLAGS,
} from '../../cli/index.js';
import { openScene } from './backup-scene.js';
import { INDEX_FLAGS, PLACE_FLAGS } from './place-flags.js';
import { runDiscard } from './run-discard.js';
import { runRestore } from './run-restore.js';
import { BACKUP_ARGUMENT } from './verify-command.js';

const SPEC = defineCommand({
  command: 'npx zx scripts/backup.ts restore',
  purpose:
    'Restores a backup beside the data, looks whether it is whole, then swaps it in. The old data is kept until --discard-old; when anything fails it serves on.',
  positionals: BACKUP_ARGUMENT,
  flags: {
    ...PLACE_FLAGS,
    ...INDEX_FLAGS,
    resumeWait: {
      type: 'integer',
      unit: 's',
      min: 0,
      max: 3600,
      default: 20,
      help: 'how long to wait for the first event after those of the backup',
    },
    anyVersion: {
      type: 'boolean',
      default: false,
      help: 'let another version of the server open a backup of the Docker runtime',
    },
    discardOld: {
      type: 'boolean',
      default: false,
      help: 'remove the data that earlier restores have put aside; restores nothing',
    },
    confirm: {
      type: 'string',
      placeholder: 'NAME',
      help: 'name of the data folder, to confirm --discard-old where nobody can be asked',
    },
    ...STANDARD_FLAGS,
  },
  exitCodes: [
    [
      EXIT.failed,
      'failed; the old data is in its place, or where the message says',
    ],
    [EXIT.nothingFound, 'there is no such backup, or nothing to discard'],
  ],
  examples: [
    {
      command: 'npx zx scripts/backup.ts restore --dry-run',
      does: 'Show what restoring the newest good backup would do',
    },
    {
      command: 'npx zx scripts/backup.ts restore --discard-old',
      does: 'Remove the data from before, once all is well',
    },
  ],
});

/** The flags of `restore`. */
export type RestoreFlags = (typeof SPEC)['flags'];

/** `restore`. */
export const RESTORE_COMMAND = groupedCommand(
  'restore',
  SPEC,
  async (context) => {
    const { flags, env } = context;
    return flags.discardOld
      ? await runDiscard(context, await openScene(flags))
      : await runRestore(context, await openScene(flags, env));
  }
);
