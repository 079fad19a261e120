import { formatBytes } from '../../cli/index.js';
import type { HealthGrowth } from '../../health/index.js';
import { spaceWarning, type Space } from '../../setup/disk/space-warning.js';
import type { CheckOutcome } from '../check.js';

/** When the disk will be full, as the index measured it. Pure. */
export function withDaysToFull(
  outcome: CheckOutcome,
  growth: HealthGrowth | null
): CheckOutcome {
  if (growth === null || outcome.status !== 'pass') return outcome;
  const { bytesPerDay, daysToFull } = growth;
  const full =
    daysToFull === null
      ? 'not growing'
      : `full in ${daysToFull} days (${formatBytes(bytesPerDay)} a day)`;
  return {
    ...outcome,
    message: `${outcome.message}, ${full}`,
    facts: { ...outcome.facts, bytesPerDay, daysToFull },
  };
}

/** Warns where little is left. Pure. */
export function withSpace(
  outcome: CheckOutcome,
  space: Space,
  daysToFull: number | null
): CheckOutcome {
  if (outcome.status !== 'pass') return outcome;
  const warning = spaceWarning(space, daysToFull);
  return warning === null ? outcome : { ...outcome, warning };
}
