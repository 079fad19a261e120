import { fetchJson } from '../../health/index.js';

/** How long the index may take to tell (ms); nothing waits for it longer. */
const LIMIT_MS = 1500;

/**
 * How much a running index says that it grows (bytes a day): it measures its
 * store every hour.
 *
 * @param api null where none runs
 * @returns null where it does not say, or not yet
 * @throws the signal's reason
 */
export async function indexGrowth(
  api: string | null,
  signal: AbortSignal
): Promise<number | null> {
  if (api === null) return null;
  try {
    const options = { signal, timeoutMs: LIMIT_MS };
    const { value } = await fetchJson(`${api}/health`, options);
    const perDay = field(field(value, 'disk'), 'bytes_per_day');
    return typeof perDay === 'number' && perDay >= 0 ? perDay : null;
  } catch {
    signal.throwIfAborted();
    return null; // an index that does not answer is not the disk's business
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Reflect.get(value, name)
    : undefined;
}
