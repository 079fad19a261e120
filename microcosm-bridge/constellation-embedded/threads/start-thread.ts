/** Starts a thread that runs a TypeScript module of ours. */

import { Worker } from 'node:worker_threads';

/**
 * Room for new objects, MB. Left to itself V8 takes 48 MB of a thread for
 * them, and keeps it, while a batch's objects die as fast as they come.
 */
const YOUNG_GENERATION_MB = 16;

/**
 * Most that a thread's objects may take, MB. Some twenty times what they do:
 * it is said because V8 collects the sooner the less it is allowed.
 */
const OLD_GENERATION_MB = 1024;

/**
 * Threads of Node 20 do not inherit the loader that runs TypeScript, so the
 * thread begins with a module that registers it and then loads `module`. That
 * is the loader for `require`, which works in the thread itself; the one for
 * `import` would start another thread for each of ours, of 25 MB each. So
 * `module` and what it imports cannot use `await` at their top level.
 *
 * @param module - URL of a `.ts` module
 * @param data - cloned, found in the thread as `workerData.data`
 */
export function startThread(module: URL, data: unknown, name: string): Worker {
  return new Worker(new URL('./thread-entry.mjs', import.meta.url), {
    workerData: { module: module.href, data },
    name,
    execArgv: [],
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      maxOldGenerationSizeMb: OLD_GENERATION_MB,
    },
  });
}
