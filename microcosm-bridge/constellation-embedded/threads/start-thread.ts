/** Starts a thread that runs a TypeScript module of ours. */

import { Worker } from 'node:worker_threads';

/**
 * Threads of Node 20 do not inherit the loader that runs TypeScript, so the
 * thread begins with a module that registers it and then imports `module`.
 *
 * @param module - URL of a `.ts` module
 * @param data - cloned, found in the thread as `workerData.data`
 */
export function startThread(module: URL, data: unknown, name: string): Worker {
  return new Worker(new URL('./thread-entry.mjs', import.meta.url), {
    workerData: { module: module.href, data },
    name,
    execArgv: [],
  });
}
