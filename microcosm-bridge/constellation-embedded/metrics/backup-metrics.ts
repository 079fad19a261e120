/** What scripts/backup.ts has written down, as metrics of the index. */

import { Gauge, type Registry } from 'prom-client';
import {
  readBackupState,
  runNow,
  type BackupState,
} from '../../../lib/backup/run-record.js';

/**
 * Adds gauges that read the file when asked. Without a backup so far they are
 * absent.
 *
 * @param file `backup.json` of the state folder
 */
export function addBackupMetrics(registry: Registry, file: string): void {
  const gauge = (
    name: string,
    help: string,
    read: (state: BackupState) => number | null
  ): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const state = await readBackupState(file).catch(() => null);
        const value = state === null ? null : read(state);
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  };
  gauge(
    'backup_newest_good_timestamp_seconds',
    'When the newest verified backup was made, seconds since 1970',
    ({ newestGood }) =>
      newestGood === null ? null : Date.parse(newestGood.createdAt) / 1000
  );
  gauge(
    'backup_newest_good_bytes',
    'Size of the newest verified backup',
    ({ newestGood }) => newestGood?.storedBytes ?? null
  );
  gauge(
    'backup_last_run_failed',
    '1 when the last backup failed or was killed',
    ({ lastRun }) =>
      lastRun === null ? null : Number(runNow(lastRun).outcome === 'failed')
  );
  gauge(
    'backup_interval_seconds',
    'How often a backup is to be made, by its schedule',
    ({ everyHours }) => (everyHours === null ? null : everyHours * 3600)
  );
}
