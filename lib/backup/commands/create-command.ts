import {
  defineCommand,
  EXIT,
  groupedCommand,
  STANDARD_FLAGS,
} from '../../cli/index.js';
import { settingFlag } from '../../env/index.js';
import type { Snapshotter } from '../snapshotter.js';
import { openScene } from './backup-scene.js';
import { mendScene } from './mend-scene.js';
import { notingFailure } from './note-run.js';
import {
  INDEX_FLAGS,
  NETWORK_FLAG,
  PLACE_FLAGS,
  WORK_FLAG,
} from './place-flags.js';
import { reportCreated, reportCreatePlan, runCreate } from './run-create.js';
import { snapshotterOf } from './runtime-parts.js';

const SPEC = defineCommand({
  command: 'npx zx scripts/backup.ts create',
  purpose:
    'Makes a backup of the running index, opens it, compares its counts, and sends it off.',
  flags: {
    ...PLACE_FLAGS,
    ...INDEX_FLAGS,
    ...NETWORK_FLAG,
    verify: {
      type: 'choice',
      choices: ['full', 'quick', 'none'],
      default: 'full',
      help: 'full opens the backup and compares counts, quick compares sums',
    },
    ...WORK_FLAG,
    compression: {
      type: 'choice',
      choices: ['auto', 'zstd', 'gzip', 'none'],
      default: 'auto',
      help: 'how files are stored; auto takes zstd where it is there',
    },
    hook: settingFlag('CONSTELLATION_BACKUP_HOOK', {
      placeholder: 'FILE',
      help: 'program that takes the finished backup elsewhere',
    }),
    hookTimeout: {
      type: 'integer',
      unit: 'min',
      min: 1,
      max: 10_080,
      default: 1440,
      help: 'how long the hook may take',
    },
    dryRun: STANDARD_FLAGS.dryRun,
    json: STANDARD_FLAGS.json,
  },
  exitCodes: [
    [EXIT.good, 'made and verified'],
    [EXIT.failed, 'failed; nothing is left behind, or the backup is bad'],
    [EXIT.unverified, 'made, but not verified'],
    [EXIT.nothingFound, 'there is no index to back up'],
  ],
  examples: [
    { command: 'npx zx scripts/backup.ts create', does: 'Back up and verify' },
    {
      command: 'npx zx scripts/backup.ts create --backups /mnt/disk2/backups',
      does: 'To another disk',
    },
  ],
});

/** `create`. */
export const CREATE_COMMAND = groupedCommand(
  'create',
  SPEC,
  async ({ flags, env, output, signal }) => {
    const scene = await openScene(flags, env);
    const open = (): Promise<Snapshotter> =>
      snapshotterOf(scene, flags.data, flags.fromNetwork);
    if (flags.dryRun) {
      const snapshotter = await open();
      const { compression } = flags;
      await reportCreatePlan(snapshotter, { scene, compression, output });
      return EXIT.good;
    }
    // A scheduled run that gets no further than this has failed as well.
    const snapshotter = await notingFailure(scene, async () => {
      await mendScene(scene, output, signal);
      return await open();
    });
    const result = await runCreate({
      scene,
      snapshotter,
      compression: flags.compression,
      verify: flags.verify,
      workFolder: flags.work,
      hook: flags.hook,
      hookMs: flags.hookTimeout * 60_000,
      output,
      signal,
    });
    return reportCreated(result, output);
  }
);
