/** Warned of when the disk may be full sooner. */
export const WARN_DAYS = 7;

/** Warned of when a smaller share of the disk is free. */
export const WARN_SHARE = 0.1;

/** A disk as its user sees it. */
export interface Space {
  readonly freeBytes: number;
  /** What is used and what is free; null: not known. */
  readonly totalBytes: number | null;
}

/**
 * What is wrong with the space that is left, on both runtimes. Pure.
 *
 * @param daysToFull null: it does not grow, or that is not known
 * @returns null where there is enough
 */
export function spaceWarning(
  { freeBytes, totalBytes }: Space,
  daysToFull: number | null
): string | null {
  if (daysToFull !== null && daysToFull < WARN_DAYS) {
    return `the disk may be full in less than ${WARN_DAYS} days`;
  }
  if (totalBytes !== null && freeBytes < totalBytes * WARN_SHARE) {
    return `less than ${WARN_SHARE * 100} % of the disk is free`;
  }
  return null;
}
