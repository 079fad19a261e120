import { statSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_FOLDER } from '../../runtime/state-folder.js';
import type { Prerequisite, PrerequisiteFinding } from './prerequisite.js';
import { askProgram, type ProgramAnswer } from './run-program.js';

/** Freshness is the age of the newest event by the clock of this machine. */
export const clock: Prerequisite = {
  id: 'clock',
  name: 'clock',
  check: async ({ signal }) => {
    const { mtimeMs } = statSync(path.join(PROJECT_FOLDER, 'package.json'));
    const args = ['show', '--property=NTPSynchronized', '--value'];
    const synchronised = await askProgram('timedatectl', args, signal);
    return judgeClock(Date.now(), mtimeMs, synchronised);
  },
};

/**
 * Judges a clock by what can be known without a network. Setup compares it
 * with the Jetstreams it measures, too. Pure.
 *
 * @param installedMs when this program was put here: no earlier time is true
 * @param synchronised what timedatectl says: yes, no, or nothing
 */
export function judgeClock(
  nowMs: number,
  installedMs: number,
  synchronised: ProgramAnswer
): PrerequisiteFinding {
  const now = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  if (nowMs < installedMs) {
    return {
      status: 'warn',
      detail: `${now}, which is before this program was put here`,
      suggestion: 'set the clock: a wrong one makes young events look old',
    };
  }
  const said = synchronised.kind === 'said' ? synchronised.text : '';
  if (said === 'yes') {
    return { status: 'good', detail: `${now}, kept by a time service` };
  }
  if (said === 'no') {
    return {
      status: 'warn',
      detail: `${now}, kept by no time service`,
      suggestion: 'let one keep it: timedatectl set-ntp true',
    };
  }
  return {
    status: 'good',
    detail: `${now}; whether a time service keeps it cannot be seen here`,
  };
}
