import type { FlagSpecs } from '../../cli/index.js';
import { settingFlag } from '../../env/index.js';

/** Flags of every command: which index, and where its backups are. */
export const PLACE_FLAGS = {
  state: {
    type: 'string',
    placeholder: 'DIR',
    env: 'CONSTELLATION_STATE',
    help: 'state folder that setup used (default .constellation-local)',
  },
  backups: settingFlag('CONSTELLATION_BACKUP_PATH', {
    placeholder: 'DIR',
    help: 'folder of the backups (default: backups in the state folder)',
  }),
} as const satisfies FlagSpecs;

/** Flags of what touches an index. */
export const INDEX_FLAGS = {
  runtime: {
    type: 'choice',
    choices: ['embedded', 'docker'],
    help: 'what runs the index (default: what setup took)',
  },
  data: {
    type: 'string',
    placeholder: 'DIR',
    help: 'data folder (default: the one of the index that setup started)',
  },
} as const satisfies FlagSpecs;

/** For a command that runs in a container beside the index. */
export const NETWORK_FLAG = {
  fromNetwork: {
    type: 'string',
    placeholder: 'NAME',
    help: 'run in a container of this Docker network: ask the index there, not at its published port',
  },
} as const satisfies FlagSpecs;

/** Where a backup is unpacked to be looked at. */
export const WORK_FLAG = {
  work: {
    type: 'string',
    placeholder: 'DIR',
    help: 'folder a backup is unpacked in for a look (default: that of the backups)',
  },
} as const satisfies FlagSpecs;
