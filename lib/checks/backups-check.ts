import { formatDuration } from '../cli/index.js';
import { judgeBackups } from '../backup/judge-backups.js';
import { runNow, type BackupState } from '../backup/run-record.js';
import type { Check } from './check.js';
import type { CheckContext } from './check-context.js';

/**
 * With `--strict`, where backups are made: the last run went well, and the
 * newest good backup is young enough for its schedule.
 *
 * @param state what the last run has written down
 */
export function backupsCheck(state: BackupState): Check<CheckContext> {
  return {
    id: 'backups',
    name: 'Backups',
    needs: [],
    run: (context) => {
      const lastRun = state.lastRun === null ? null : runNow(state.lastRun);
      const now = context.clock.wallMs();
      const { ok, problems, ageMs } = judgeBackups({ ...state, lastRun }, now);
      const age = ageMs === null ? 'none' : `${formatDuration(ageMs)} old`;
      if (ok) {
        const message = `the newest good backup is ${age}`;
        return Promise.resolve({ status: 'pass', message });
      }
      return Promise.resolve({
        status: 'fail',
        message: problems[0] ?? 'something is wrong with the backups',
        seen: `newest good backup: ${age}; last run: ${lastRun?.outcome ?? 'none'}`,
        expected: 'a last run that went well, and a good backup on schedule',
        suggestion: 'npx zx scripts/backup.ts status',
      });
    },
  };
}
