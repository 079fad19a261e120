import { defineCommand, EXIT, STANDARD_FLAGS } from '../cli/index.js';
import { settingFlag } from '../env/index.js';

/** The command line of `scripts/teardown.ts`. */
export const TEARDOWN_COMMAND = defineCommand({
  command: 'npx zx scripts/teardown.ts',
  purpose:
    'Stops the local Constellation; its data stays unless --data is given. Touches nothing that setup did not make or change.',
  flags: {
    state: {
      type: 'string',
      placeholder: 'DIR',
      env: 'CONSTELLATION_STATE',
      help: 'state folder that setup used (default .constellation-local)',
    },
    appview: {
      type: 'string',
      placeholder: 'DIR',
      help: "put the keys back that setup changed in this AppView's .env",
    },
    config: {
      type: 'boolean',
      default: false,
      help: 'remove settings, logs and records too',
    },
    data: {
      type: 'boolean',
      default: false,
      help: 'remove the index itself too; it cannot be taken back',
    },
    containers: {
      type: 'boolean',
      default: false,
      help: 'remove the container too (Docker); its volume stays',
    },
    images: {
      type: 'boolean',
      default: false,
      help: 'remove the image that was run, and the one before it, too (Docker)',
    },
    volumes: {
      type: 'boolean',
      default: false,
      help: 'as --data: the index in its volume (Docker)',
    },
    backup: {
      type: 'boolean',
      help: 'make a backup before the index is removed; asked for where neither is given',
    },
    backups: settingFlag('CONSTELLATION_BACKUP_PATH', {
      placeholder: 'DIR',
      help: 'folder of the backups (default: the one of the last backup)',
    }),
    confirm: {
      type: 'string',
      placeholder: 'NAME',
      help: 'name of the state folder, to confirm a removal where nobody can be asked',
    },
    force: {
      type: 'boolean',
      default: false,
      help: 'kill what does not stop in time; what is committed stays',
    },
    ...STANDARD_FLAGS,
  },
  exitCodes: [[EXIT.good, 'done, or nothing was left to do']],
  examples: [
    {
      command: 'npx zx scripts/teardown.ts --yes',
      does: 'Stop; keep everything else',
    },
    {
      command: 'npx zx scripts/teardown.ts --config --data --dry-run',
      does: 'Show what would be removed, and how large it is',
    },
    {
      command:
        'npx zx scripts/teardown.ts --data --yes --confirm .constellation-local',
      does: 'Stop and remove the index, without questions',
    },
  ],
});
