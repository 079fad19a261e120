import { homedir } from 'node:os';
import path from 'node:path';
import {
  defineCommand,
  EXIT,
  groupedCommand,
  STANDARD_FLAGS,
  UsageError,
} from '../../cli/index.js';
import { settingFlag } from '../../env/index.js';
import { writeAtomically } from '../../env/atomic-write.js';
import { mkdir } from 'node:fs/promises';
import { PROJECT_FOLDER } from '../../runtime/index.js';
import { BackupError } from '../backup-error.js';
import { readBackupState, writeBackupState } from '../run-record.js';
import {
  INTERVAL_HOURS,
  parseTimeOfDay,
  type Schedule,
} from '../schedule/schedule.js';
import {
  crontabFile,
  systemdFiles,
  systemdNextSteps,
  SYSTEMD_USER_FOLDER,
  type ScheduleFile,
} from '../schedule/schedule-texts.js';
import { openScene } from './backup-scene.js';
import { INDEX_FLAGS, PLACE_FLAGS } from './place-flags.js';
import { KEEP_FLAGS, keepPolicyOf } from './prune-command.js';

const SPEC = defineCommand({
  command: 'npx zx scripts/backup.ts schedule',
  purpose:
    'Shows, and with --write writes, what makes backups by itself: a systemd timer with its service, or a crontab line. Nothing is installed or started.',
  flags: {
    as: {
      type: 'choice',
      choices: ['systemd', 'cron', 'compose'],
      default: 'systemd',
      help: 'what is to run it (compose is refused: there is no sidecar)',
    },
    every: {
      type: 'choice',
      choices: ['hourly', 'daily', 'weekly'],
      default: 'daily',
      help: 'how often',
    },
    at: {
      type: 'string',
      placeholder: 'HH:MM',
      default: '03:17',
      help: 'time of day, in the time zone of the machine; of an hourly one the minute counts',
      check: (text) => (parseTimeOfDay(text) === null ? 'HH:MM' : undefined),
    },
    ...KEEP_FLAGS,
    ...PLACE_FLAGS,
    ...INDEX_FLAGS,
    hook: settingFlag('CONSTELLATION_BACKUP_HOOK', {
      placeholder: 'FILE',
      help: 'program that takes each finished backup elsewhere',
    }),
    write: {
      type: 'boolean',
      default: false,
      help: 'write the files, and expect backups so often from now on',
    },
    folder: {
      type: 'string',
      placeholder: 'DIR',
      help: `where the files go (default: ~/${SYSTEMD_USER_FOLDER}; for cron the state folder)`,
    },
    json: STANDARD_FLAGS.json,
  },
  examples: [
    {
      command: 'npx zx scripts/backup.ts schedule --every daily --at 03:17',
      does: 'Show the units',
    },
    {
      command: 'npx zx scripts/backup.ts schedule --as cron --keep-daily 7',
      does: 'Show a line for crontab -e',
    },
  ],
});

/** What is kept where no rule was given. */
const DEFAULT_KEEP = { last: 2, hourly: 0, daily: 7, weekly: 4, monthly: 6 };

/** `schedule`. */
export const SCHEDULE_COMMAND = groupedCommand(
  'schedule',
  SPEC,
  async ({ flags, output }) => {
    if (flags.as === 'compose') throw noSidecar();
    const scene = await openScene(flags);
    const at = parseTimeOfDay(flags.at);
    if (at === null) throw new TypeError(`no time of day: ${flags.at}`);
    const asked = keepPolicyOf(flags);
    const keepsNothing = Object.values(asked).every((count) => count === 0);
    const schedule: Schedule = {
      every: flags.every,
      at,
      keep: keepsNothing ? DEFAULT_KEEP : asked,
      node: process.execPath,
      project: PROJECT_FOLDER,
      places: words([
        ['--state', scene.folder.path],
        ['--backups', scene.backups],
      ]),
      createFlags: words([
        ['--runtime', flags.runtime],
        ['--data', flags.data && path.resolve(flags.data)],
        ['--hook', flags.hook && path.resolve(flags.hook)],
      ]),
    };
    refuseLineBreaks(schedule);
    const isCron = flags.as === 'cron';
    const files = isCron ? [crontabFile(schedule)] : systemdFiles(schedule);
    const folder = path.resolve(
      flags.folder ??
        (isCron ? scene.folder.path : path.join(homedir(), SYSTEMD_USER_FOLDER))
    );
    const everyHours = INTERVAL_HOURS[flags.every];
    const next = isCron
      ? [
          `(crontab -l; cat ${path.join(folder, files[0]?.name ?? '')}) | crontab -`,
        ]
      : systemdNextSteps();
    showFiles(files, folder);
    if (flags.write) {
      await mkdir(folder, { recursive: true });
      for (const { name, text } of files) {
        await writeAtomically(path.join(folder, name), text, { mode: 0o644 });
      }
      const { backup: file } = scene.folder;
      const state = await readBackupState(file);
      await writeBackupState(file, {
        folder: scene.backups,
        lastRun: state?.lastRun ?? null,
        newestGood: state?.newestGood ?? null,
        everyHours,
      });
    }
    output.document({
      schemaVersion: 1,
      ok: true,
      written: flags.write,
      folder,
      everyHours,
      files,
      next,
    });
    if (flags.write) {
      output.note('Written. It begins with:');
      for (const command of next) output.note(`  ${command}`);
    } else {
      output.note('Nothing was written. --write writes it.');
    }
    return EXIT.good;

    function showFiles(list: readonly ScheduleFile[], where: string): void {
      for (const { name, text } of list) {
        output.result(`# ${path.join(where, name)}\n${text}`);
      }
    }
  }
);

/**
 * A container that makes backups needs the engine's socket, the pids and the
 * network of the machine, for the locks and the counts: nothing is gained over
 * a timer of the machine itself, which backs up both runtimes.
 */
function noSidecar(): BackupError {
  return new BackupError('there is no schedule as a Compose service', {
    code: 'NOT_SUPPORTED',
    suggestion:
      'on the machine of the engine, for both runtimes: npx zx scripts/backup.ts schedule --as systemd (or --as cron)',
  });
}

function words(
  pairs: ReadonlyArray<readonly [flag: string, value: string | undefined]>
): readonly string[] {
  return pairs.flatMap(([flag, value]) =>
    value === undefined || value === '' ? [] : [flag, value]
  );
}

/** Neither form has a way to write them. */
function refuseLineBreaks({ project, places, createFlags }: Schedule): void {
  const bad = [project, ...places, ...createFlags].find((word) =>
    /[\r\n\0]/.test(word)
  );
  if (bad === undefined) return;
  const message = `a path with a line break cannot be scheduled: ${JSON.stringify(bad)}`;
  throw new UsageError([{ code: 'bad-value', message }]);
}
