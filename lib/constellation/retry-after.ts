/** A header may ask for years; nobody is left alone longer than this. */
export const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/**
 * Reads a `Retry-After` header: seconds, or an HTTP date (RFC 9110, 10.2.3).
 *
 * @param nowMs the wall clock, milliseconds since 1970
 * @returns milliseconds from now, at most {@link LONGEST_RETRY_AFTER_MS};
 *   null where there is none or it cannot be read
 */
export function parseRetryAfter(
  header: string | undefined,
  nowMs: number
): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,12}$/.test(text)) return bounded(Number(text) * 1000);
  if (!/^[A-Za-z]/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : bounded(at - nowMs);
}

function bounded(ms: number): number {
  return Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms));
}
