/**
 * Which backups are kept. The rules are restic's (`restic forget`, its manual):
 * of each hour, day, week or month that has a backup the newest one is kept,
 * for so many of them; a backup is kept when any rule keeps it; and where a
 * rule about time has not found enough of them, the oldest backup of all is
 * kept too, so that the history reaches as far back as it can.
 */

/** How many are kept, by rule; 0: the rule keeps none. */
export interface KeepPolicy {
  readonly last: number;
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

/** One rule. */
export type KeepRule = keyof KeepPolicy;

/** What is known of a backup. */
export interface KeepCandidate {
  readonly id: string;
  readonly createdAt: Date;
  /** It was opened and compared, or its sums were checked. */
  readonly verified: boolean;
}

/** What becomes of one backup. */
export interface KeepDecision {
  readonly id: string;
  /** Why it is kept; empty: it goes. */
  readonly reasons: readonly string[];
}

const RULES: ReadonlyArray<
  readonly [KeepRule, string, (time: Date, position: number) => string]
> = [
  ['last', 'last', (_, position) => String(position)],
  ['hourly', 'hourly', (time) => time.toISOString().slice(0, 13)],
  ['daily', 'daily', (time) => time.toISOString().slice(0, 10)],
  ['weekly', 'weekly', isoWeek],
  ['monthly', 'monthly', (time) => time.toISOString().slice(0, 7)],
];

/** Whether a policy keeps anything at all. */
export function keepsAnything(policy: KeepPolicy): boolean {
  return RULES.some(([rule]) => policy[rule] > 0);
}

/**
 * Decides over backups of one kind. Hours and days are those of UTC. The newest
 * verified one is kept whatever the policy says. Pure.
 *
 * @returns a decision for each, newest first
 */
export function decideKeeping(
  candidates: readonly KeepCandidate[],
  policy: KeepPolicy
): readonly KeepDecision[] {
  const sorted = candidates.toSorted(
    (a, b) =>
      b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1)
  );
  const left: Record<KeepRule, number> = { ...policy };
  const before: Partial<Record<KeepRule, string>> = {};
  const lastVerified = sorted.find(({ verified }) => verified)?.id;
  return sorted.map(({ id, createdAt }, position) => {
    const reasons: string[] = [];
    for (const [rule, name, bucketOf] of RULES) {
      if (left[rule] <= 0) continue;
      const bucket = bucketOf(createdAt, position);
      const isOldest = position === sorted.length - 1;
      if (bucket === before[rule] && !isOldest) continue;
      before[rule] = bucket;
      left[rule] -= 1;
      reasons.push(name);
    }
    if (id === lastVerified) reasons.push('newest verified');
    return { id, reasons };
  });
}

/** `2026-W48`: year and week of ISO 8601, in UTC. */
export function isoWeek(time: Date): string {
  const thursday = new Date(time);
  const weekday = (time.getUTCDay() + 6) % 7;
  thursday.setUTCDate(time.getUTCDate() - weekday + 3);
  const year = thursday.getUTCFullYear();
  const dayOfYear =
    (Date.UTC(year, thursday.getUTCMonth(), thursday.getUTCDate()) -
      Date.UTC(year, 0, 1)) /
    86_400_000;
  const week = Math.floor(dayOfYear / 7) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}
