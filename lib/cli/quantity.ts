const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1.5 MiB`; whole bytes below 1 KiB. Negative sizes keep their sign. */
export function formatBytes(sizeBytes: number): string {
  let unit = 0;
  let size = Math.abs(sizeBytes);
  // 1023.96 KiB would be printed as 1024.0 KiB.
  while (unit < BYTE_UNITS.length - 1 && size >= (unit ? 1023.95 : 1024)) {
    size /= 1024;
    unit += 1;
  }
  const text = unit === 0 ? String(Math.round(size)) : size.toFixed(1);
  return `${sizeBytes < 0 ? '-' : ''}${text} ${BYTE_UNITS[unit] ?? 'B'}`;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `12 ms`, `3.4 s`, `2 min 5 s`, `3 h 12 min`, `2.5 days`. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return 'never';
  const sign = durationMs < 0 ? '-' : '';
  const ms = Math.abs(durationMs);
  if (ms < 10) return `${sign}${trimmed(ms, 1)} ms`;
  if (Math.round(ms) < SECOND) return `${sign}${Math.round(ms)} ms`;
  if (ms < MINUTE - 50) return `${sign}${trimmed(ms / SECOND, 1)} s`;
  if (Math.round(ms / SECOND) * SECOND < HOUR) {
    return sign + pair(Math.round(ms / SECOND), 60, 'min', 's');
  }
  if (Math.round(ms / MINUTE) * MINUTE < DAY) {
    return sign + pair(Math.round(ms / MINUTE), 60, 'h', 'min');
  }
  const days = trimmed(ms / DAY, 1);
  return `${sign}${days} ${days === '1' ? 'day' : 'days'}`;
}

function pair(total: number, size: number, big: string, small: string): string {
  const rest = total % size;
  const head = `${Math.floor(total / size)} ${big}`;
  return rest === 0 ? head : `${head} ${rest} ${small}`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
