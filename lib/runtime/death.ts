import type { Death } from '../health/index.js';
import type { Runtime } from './runtime.js';

const LAST_LINES = 15;

/**
 * Whether it ended although nobody asked it to, with its last words. For
 * whoever waits for its health.
 *
 * @returns null while it is there
 */
export async function deathOf(runtime: Runtime): Promise<Death | null> {
  const { state, detail } = await runtime.status();
  if (state !== 'failed' && state !== 'stopped' && state !== 'absent') {
    return null;
  }
  const lastLines = await runtime.logs({ lines: LAST_LINES, sinceStart: true });
  return { message: detail, lastLines };
}
