import type { Schedule } from './schedule.js';

/** When backups are due. */
export type DueRule = Pick<Schedule, 'every' | 'at'>;

/**
 * The next time that is due, in the time zone of this process. Where a clock is
 * put forward the time is the one after it. Pure.
 */
export function nextDue({ every, at }: DueRule, after: Date): Date {
  const due = new Date(after);
  if (every === 'hourly') {
    due.setMinutes(at.minute, 0, 0);
    while (due <= after) due.setHours(due.getHours() + 1);
    return due;
  }
  due.setHours(at.hour, at.minute, 0, 0);
  while (due <= after || (every === 'weekly' && due.getDay() !== 0)) {
    due.setDate(due.getDate() + 1);
    due.setHours(at.hour, at.minute, 0, 0);
  }
  return due;
}

/**
 * Whether a time that was due has passed since the last run: nobody was there,
 * as `Persistent=true` of a systemd timer means it. Pure.
 *
 * @param lastRun when it was begun; null: there was none, so one is due
 */
export function isOverdue(
  rule: DueRule,
  lastRun: Date | null,
  now: Date
): boolean {
  return lastRun === null || nextDue(rule, lastRun) <= now;
}
