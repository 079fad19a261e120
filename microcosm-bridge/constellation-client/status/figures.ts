/** Numbers as people read them. */

import { formatDuration } from '../../../lib/cli/index.js';

/** What stands where nothing is known. */
export const NOTHING = '–';

/** `1,234,567` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `0.3`, `12`, `1,240`: per second. */
export function rate(value: number): string {
  if (value === 0) return '0';
  return value < 10 ? value.toFixed(1) : count(value);
}

/** `0.35 ms`, `12 ms`, `1.2 s` */
export function latency(ms: number | null): string {
  if (ms === null) return NOTHING;
  if (ms < 10) return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `98.2 %` */
export function percent(share: number | null): string {
  if (share === null) return NOTHING;
  const value = share * 100;
  return `${value === 100 || value === 0 ? value : value.toFixed(1)} %`;
}

/** `3 h 12 min`; seconds where it is short. */
export function age(ms: number | null): string {
  return ms === null ? NOTHING : formatDuration(Math.max(0, ms));
}

/** `2026-05-01 12:00 UTC` */
export function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
