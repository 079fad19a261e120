import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  defineCommand,
  EXIT,
  groupedCommand,
  STANDARD_FLAGS,
  UsageError,
  type FlagValues,
} from '../../cli/index.js';
import { settingFlag } from '../../env/index.js';
import { writeAtomically } from '../../env/atomic-write.js';
import { PROJECT_FOLDER } from '../../runtime/index.js';
import { readBackupState, writeBackupState } from '../run-record.js';
import {
  INTERVAL_HOURS,
  parseTimeOfDay,
  type Schedule,
} from '../schedule/schedule.js';
import { runSchedule } from '../schedule/run-schedule.js';
import {
  crontabFile,
  systemdFiles,
  systemdNextSteps,
  SYSTEMD_USER_FOLDER,
  type ScheduleFile,
} from '../schedule/schedule-texts.js';
import { openScene, type BackupScene } from './backup-scene.js';
import { composeForm } from './compose-form.js';
import { INDEX_FLAGS, NETWORK_FLAG, PLACE_FLAGS } from './place-flags.js';
import { KEEP_FLAGS, keepPolicyOf } from './prune-command.js';

const SPEC = defineCommand({
  command: 'npx zx scripts/backup.ts schedule',
  purpose:
    'Shows, and with --write writes, what makes backups by itself: a systemd timer with its service, a crontab line, or a Compose service. Nothing is installed or started.',
  flags: {
    as: {
      type: 'choice',
      choices: ['systemd', 'cron', 'compose'],
      default: 'systemd',
      help: 'what is to run it (compose: for an index in a container)',
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
    ...NETWORK_FLAG,
    engineSocket: {
      type: 'boolean',
      default: false,
      help: 'let the Compose service use the engine’s socket: root on this machine for whoever gets into it',
    },
    image: {
      type: 'string',
      placeholder: 'NAME',
      help: 'image of the Compose service (default: that of the index where it is the embedded one, else built from this project)',
    },
    run: {
      type: 'boolean',
      default: false,
      help: 'stay and make the backups here, as the Compose service does',
    },
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
      help: `where the files go (default: ~/${SYSTEMD_USER_FOLDER}; else the state folder)`,
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
    {
      command:
        'npx zx scripts/backup.ts schedule --as compose --engine-socket --write',
      does: 'Write a Compose service',
    },
  ],
});

/** The flags of `schedule`. */
export type ScheduleFlags = (typeof SPEC)['flags'];

/** What makes backups by itself, as it is written and put to work. */
export interface ScheduleForm {
  readonly files: readonly ScheduleFile[];
  /** Where they go unless it is said, absolute. */
  readonly folder: string;
  /** What puts it to work. @param folder where the files are */
  readonly next: (folder: string) => readonly string[];
}

/** What is kept where no rule was given. */
const DEFAULT_KEEP = { last: 2, hourly: 0, daily: 7, weekly: 4, monthly: 6 };

/** `schedule`. */
export const SCHEDULE_COMMAND = groupedCommand(
  'schedule',
  SPEC,
  async ({ flags, output, signal }) => {
    const scene = await openScene(flags);
    const schedule = scheduleOf(flags, scene);
    if (flags.run) {
      return await runSchedule(schedule, {
        stateFile: scene.folder.backup,
        signal,
        onNote: (text) => output.note(text),
      });
    }
    const form = await formOf(flags, schedule, scene);
    const { files } = form;
    const folder = path.resolve(flags.folder ?? form.folder);
    const everyHours = INTERVAL_HOURS[flags.every];
    const next = form.next(folder);
    for (const { name, text } of files) {
      output.result(`# ${path.join(folder, name)}\n${text}`);
    }
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
  }
);

/** @throws UsageError for a path that no form can write */
function scheduleOf(
  flags: FlagValues<ScheduleFlags>,
  { folder, backups }: BackupScene
): Schedule {
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
      ['--state', folder.path],
      ['--backups', backups],
    ]),
    createFlags: words([
      ['--runtime', flags.runtime],
      ['--data', flags.data && path.resolve(flags.data)],
      ['--from-network', flags.fromNetwork],
      ['--hook', flags.hook && path.resolve(flags.hook)],
    ]),
  };
  refuseLineBreaks(schedule);
  return schedule;
}

async function formOf(
  flags: FlagValues<ScheduleFlags>,
  schedule: Schedule,
  scene: BackupScene
): Promise<ScheduleForm> {
  switch (flags.as) {
    case 'systemd':
      return {
        files: systemdFiles(schedule),
        folder: path.join(homedir(), SYSTEMD_USER_FOLDER),
        next: systemdNextSteps,
      };
    case 'cron': {
      const file = crontabFile(schedule);
      return {
        files: [file],
        folder: scene.folder.path,
        next: (folder) => [
          `(crontab -l; cat ${path.join(folder, file.name)}) | crontab -`,
        ],
      };
    }
    case 'compose':
      return await composeForm(flags, schedule, scene);
  }
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
