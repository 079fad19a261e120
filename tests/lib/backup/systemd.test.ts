/** The timer and the service that a schedule writes, read by systemd itself. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { nextDue } from '../../../lib/backup/schedule/due-time.js';
import type {
  Interval,
  Schedule,
} from '../../../lib/backup/schedule/schedule.js';
import { systemdFiles } from '../../../lib/backup/schedule/schedule-texts.js';

const root = t.testdir({ run: {} });

/** Needs no systemd that runs, only a folder of its own. */
function analyze(...args: readonly string[]) {
  const env = { ...process.env, TZ: 'UTC', XDG_RUNTIME_DIR: `${root}/run` };
  return spawnSync('systemd-analyze', args, { encoding: 'utf8', env });
}

const isThere = analyze('--version').status === 0;
if (!isThere && process.env['CI'] !== 'true') {
  t.plan(0, 'systemd-analyze is not there: apt-get install systemd');
  process.exit();
}
t.ok(isThere, 'systemd-analyze is there');

// A Tuesday, by the clock of this machine.
const AFTER = new Date('2026-11-24T03:17:00');

for (const every of ['hourly', 'daily', 'weekly'] as const) {
  t.test(`${every}: read without a complaint, due when we say`, async (t) => {
    const files = write(every, `units of ${every}`);
    for (const mode of ['--system', '--user']) {
      const { status, stderr } = analyze(mode, 'verify', ...files);
      t.equal(stderr, '', mode);
      t.equal(status, 0, mode);
    }
    const [, timer] = systemdFiles(schedule(every));
    const [, when = ''] = /^OnCalendar=(.+)$/m.exec(timer?.text ?? '') ?? [];
    const { stdout } = analyze(
      ...['calendar', '--base-time', '2026-11-24 03:17:00 UTC', when]
    );
    const [, next = ''] = /Next elapse: \w+ (.+) UTC$/m.exec(stdout) ?? [];
    t.equal(
      new Date(`${next.replace(' ', 'T')}Z`).getTime(),
      asUtc(nextDue({ every, at: { hour: 3, minute: 17 } }, AFTER)),
      next
    );
  });
}

t.test('it would complain of a time that is none', async (t) => {
  const [, timer = ''] = write('daily', 'broken');
  writeFileSync(timer, '[Timer]\nOnCalendar=never\n');
  t.not(analyze('--user', 'verify', timer).status, 0);
});

function schedule(every: Interval): Schedule {
  return {
    every,
    at: { hour: 3, minute: 17 },
    keep: { last: 0, hourly: 0, daily: 7, weekly: 0, monthly: 0 },
    node: process.execPath,
    project: '/srv/my "project" 100%',
    places: ['--state', '/srv/sté te'],
    createFlags: ['--hook', "/srv/it's $HOME 100%"],
  };
}

function write(every: Interval, name: string): readonly string[] {
  const folder = path.join(root, name);
  mkdirSync(folder);
  return systemdFiles(schedule(every)).map(({ name, text }) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  });
}

/** Due times are of this machine's clock; the timer is read as one of UTC. */
function asUtc(due: Date): number {
  return due.getTime() - due.getTimezoneOffset() * 60_000;
}
