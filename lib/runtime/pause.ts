import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits.
 *
 * @throws the signal's own reason (node:timers would hide it in an AbortError)
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
