import path from 'node:path';
import {
  defineCommand,
  EXIT,
  groupedCommand,
  STANDARD_FLAGS,
  Steps,
} from '../../cli/index.js';
import { chooseBackup } from '../backup-folder.js';
import { ProgressText } from '../progress.js';
import { verifyBackup } from '../verify/verify-backup.js';
import { lockBackups, openScene } from './backup-scene.js';
import { verifiedText } from './list-command.js';
import { PLACE_FLAGS, WORK_FLAG } from './place-flags.js';
import { lookPlace } from './runtime-parts.js';

/** The argument that names a backup. */
export const BACKUP_ARGUMENT = {
  placeholder: 'BACKUP',
  help: 'name or folder of a backup (default: latest, the newest good one)',
  min: 0,
  max: 1,
} as const;

const SPEC = defineCommand({
  command: 'npx zx scripts/backup.ts verify',
  purpose:
    'Looks whether a backup is what it was: opens it in an index of its own and compares the counts that were noted.',
  positionals: BACKUP_ARGUMENT,
  flags: {
    ...PLACE_FLAGS,
    quick: {
      type: 'boolean',
      default: false,
      help: 'compare the sums of the files alone',
    },
    ...WORK_FLAG,
    json: STANDARD_FLAGS.json,
  },
  exitCodes: [
    [EXIT.failed, 'the backup is bad, or could not be looked at'],
    [EXIT.nothingFound, 'there is no such backup'],
  ],
});

/** `verify`. */
export const VERIFY_COMMAND = groupedCommand(
  'verify',
  SPEC,
  async ({ flags, positionals, output, signal }) => {
    const scene = await openScene(flags);
    const wanted = positionals[0] ?? 'latest';
    const backup = await chooseBackup(scene.backups, wanted);
    const folder = path.dirname(backup.path);
    const lock = await lockBackups(folder, 'verifying a backup', signal);
    const step = new Steps(output).start(`Verify ${backup.id}`);
    const progress = new ProgressText();
    try {
      const verification = await verifyBackup(backup, {
        level: flags.quick ? 'quick' : 'full',
        workplace: () =>
          lookPlace(
            backup.manifest,
            path.resolve(flags.work ?? folder),
            scene.runtime,
            signal
          ),
        signal,
        onStage: (text) => step.update(text),
        onProgress: (state) => step.update(progress.text(state)),
      });
      const { index, sentinels, warnings } = backup.manifest;
      step.done(
        flags.quick
          ? 'every sum is right'
          : `it opens; ${index.linkingRecords} linking records and ${sentinels.length} counted places are what they were`
      );
      for (const warning of warnings) output.warn(warning);
      output.document({
        schemaVersion: 1,
        ok: true,
        id: backup.id,
        verification,
        warnings,
      });
      output.result(
        warnings.length === 0 || flags.quick
          ? `${backup.id} is good.`
          : `${backup.id} is good, ${verifiedText(backup.manifest)}.`
      );
      return EXIT.good;
    } catch (error) {
      step.fail('it is not what it was, or could not be looked at');
      throw error;
    } finally {
      await lock.release();
    }
  }
);
