import type { KeepPolicy } from '../retention/keep-policy.js';

/** How often a backup is made. */
export type Interval = 'hourly' | 'daily' | 'weekly';

/** Hours between two backups. */
export const INTERVAL_HOURS: Readonly<Record<Interval, number>> = {
  hourly: 1,
  daily: 24,
  weekly: 168,
};

/** What is to happen by itself. */
export interface Schedule {
  readonly every: Interval;
  /** Time of day; of an hourly backup the minute alone counts. */
  readonly at: { readonly hour: number; readonly minute: number };
  readonly keep: KeepPolicy;
  /** Node itself, absolute: cron and systemd know no PATH of yours. */
  readonly node: string;
  /** This project's folder, absolute. */
  readonly project: string;
  /** What `create` and `prune` are given, such as `--state DIR`. */
  readonly places: readonly string[];
  /** What `create` alone is given, such as `--hook FILE`. */
  readonly createFlags: readonly string[];
}

/** The two commands of a run, as words; the second after the first is good. */
export function scheduleCommands(
  schedule: Schedule
): readonly [create: readonly string[], prune: readonly string[]] {
  const { node, project, places, createFlags, keep } = schedule;
  const script = [node, '--import', 'tsx', `${project}/scripts/backup.ts`];
  return [
    [...script, 'create', ...places, ...createFlags],
    [...script, 'prune', ...places, ...keepFlags(keep), '--yes'],
  ];
}

/** The flags that say a schedule again, for `schedule --run`. */
export function scheduleFlags({
  every,
  at,
  keep,
  places,
  createFlags,
}: Schedule): readonly string[] {
  const [hour, minute] = [at.hour, at.minute].map((number) =>
    String(number).padStart(2, '0')
  );
  return [
    ...['--every', every, '--at', `${hour}:${minute}`],
    ...keepFlags(keep),
    ...places,
    ...createFlags,
  ];
}

function keepFlags(keep: KeepPolicy): readonly string[] {
  return Object.entries(keep).flatMap(([rule, count]) =>
    Number(count) > 0 ? [`--keep-${rule}`, String(count)] : []
  );
}

/** Reads `HH:MM`. @returns null when it is none */
export function parseTimeOfDay(text: string): Schedule['at'] | null {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null
    ? null
    : { hour: Number(match[1]), minute: Number(match[2]) };
}
