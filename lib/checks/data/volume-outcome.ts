import { formatBytes } from '../../cli/index.js';
import type { HealthGrowth } from '../../health/index.js';
import type { DataLocation } from '../../runtime/runtime.js';
import type { CheckOutcome } from '../check.js';
import { withDaysToFull, withSpace } from './disk-outlook.js';

/**
 * Judges a volume: there, with space left, and for how long. Pure.
 *
 * @param growth null: not known yet
 */
export function volumeOutcome(
  place: DataLocation,
  growth: HealthGrowth | null,
  limits: { readonly minFreeBytes: number }
): CheckOutcome {
  const { name, exists, sizeBytes, freeBytes, diskBytes } = place;
  const facts = { volume: name, exists, sizeBytes, freeBytes };
  const isFull = freeBytes !== null && freeBytes < limits.minFreeBytes;
  if (!exists || isFull) {
    return {
      status: 'fail',
      message: exists ? 'its disk is nearly full' : 'its volume is missing',
      seen: exists
        ? `${formatBytes(freeBytes ?? 0)} free`
        : `no volume ${name}`,
      expected: exists
        ? `at least ${formatBytes(limits.minFreeBytes)} (--min-free-mib)`
        : 'the volume that it was started with',
      suggestion: exists
        ? 'free some space: docker system df'
        : 'npx zx scripts/setup.ts',
      facts,
    };
  }
  const size = sizeBytes === null ? '' : `: ${formatBytes(sizeBytes)}`;
  const free = freeBytes === null ? '' : `; ${formatBytes(freeBytes)} free`;
  const message = `volume ${name}${size}${free}`;
  const passed = withDaysToFull({ status: 'pass', message, facts }, growth);
  return freeBytes === null
    ? passed
    : withSpace(
        passed,
        { freeBytes, totalBytes: diskBytes },
        growth?.daysToFull ?? null
      );
}
