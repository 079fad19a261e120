/** A schedule as systemd and cron take it. Pure. */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { scheduleCommands, type Interval, type Schedule } from './schedule.js';

/** A file to write. */
export interface ScheduleFile {
  readonly name: string;
  readonly text: string;
}

const UNIT = 'constellation-backup';

/** A timer and the service that it starts. */
export function systemdFiles(schedule: Schedule): readonly ScheduleFile[] {
  const [create, prune] = scheduleCommands(schedule);
  const service = `[Unit]
Description=Backup of the local Constellation
Documentation=${systemdUrl(schedule.project, 'CONSTELLATION-BACKUPS.md')}

[Service]
Type=oneshot
WorkingDirectory=${systemdPath(schedule.project)}
ExecStart=${create.map(systemdWord).join(' ')}
ExecStart=${prune.map(systemdWord).join(' ')}
Nice=10
IOSchedulingClass=idle
TimeoutStartSec=infinity
`;
  const timer = `[Unit]
Description=${CAPITAL[schedule.every]} backup of the local Constellation

[Timer]
OnCalendar=${onCalendar(schedule)}
Persistent=true

[Install]
WantedBy=timers.target
`;
  return [
    { name: `${UNIT}.service`, text: service },
    { name: `${UNIT}.timer`, text: timer },
  ];
}

/** Where a user's own units are, below the home folder. */
export const SYSTEMD_USER_FOLDER = '.config/systemd/user';

/** How the units are put to work, once they are written. */
export function systemdNextSteps(): readonly string[] {
  return [
    'systemctl --user daemon-reload',
    `systemctl --user enable --now ${UNIT}.timer`,
    'loginctl enable-linger "$USER"   # to run while you are not logged in',
  ];
}

/** One line for `crontab -e`. */
export function crontabLine(schedule: Schedule): string {
  const [create, prune] = scheduleCommands(schedule);
  const words = (command: readonly string[]): string =>
    command.map(cronWord).join(' ');
  const folder = cronWord(schedule.project);
  return `${cronTime(schedule)} cd ${folder} && ${words(create)} && ${words(prune)}\n`;
}

/** The line as a file. */
export function crontabFile(schedule: Schedule): ScheduleFile {
  return { name: `${UNIT}.crontab`, text: crontabLine(schedule) };
}

const CAPITAL: Readonly<Record<Interval, string>> = {
  hourly: 'Hourly',
  daily: 'Daily',
  weekly: 'Weekly',
};

function onCalendar({ every, at }: Schedule): string {
  const [hour, minute] = [two(at.hour), two(at.minute)];
  switch (every) {
    case 'hourly':
      return `*-*-* *:${minute}:00`;
    case 'daily':
      return `*-*-* ${hour}:${minute}:00`;
    case 'weekly':
      return `Sun *-*-* ${hour}:${minute}:00`;
  }
}

function cronTime({ every, at }: Schedule): string {
  const { hour, minute } = at;
  switch (every) {
    case 'hourly':
      return `${minute} * * * *`;
    case 'daily':
      return `${minute} ${hour} * * *`;
    case 'weekly':
      return `${minute} ${hour} * * 0`;
  }
}

/** systemd.syntax(7): in ExecStart `%` and `$` are doubled, `"` quotes. */
function systemdWord(word: string): string {
  const doubled = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (/^[\w@:,./+=%-]+$/.test(doubled)) return doubled;
  return `"${doubled.replaceAll(/[\\"]/g, '\\$&')}"`;
}

/** One of several on its line, so a space in it has to be written as `%20`. */
function systemdUrl(folder: string, file: string): string {
  return systemdPath(pathToFileURL(path.join(folder, file)).href);
}

/** A path is the rest of its line; only `%` means something in it. */
function systemdPath(text: string): string {
  return text.replaceAll('%', '%%');
}

/** For sh, and with crontab(5)'s own rule: `%` ends a command. */
function cronWord(word: string): string {
  const quoted = /^[\w@:,./+=-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", "'\\''")}'`;
  return quoted.replaceAll('%', '\\%');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
