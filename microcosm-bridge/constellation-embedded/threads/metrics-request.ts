/** Asks a thread for its metrics, one question at a time. */

import type { Worker } from 'node:worker_threads';
import type { MetricsJson } from '../../../lib/api-server/index.js';

/** How long a thread may take; a busy one is left out of that scrape, ms. */
const TIMEOUT_MS = 2000;

/** The metrics of a thread, or none when it does not answer in time. */
export async function metricsOf(thread: Worker): Promise<MetricsJson> {
  return await new Promise((resolve) => {
    const finish = (json: MetricsJson): void => {
      clearTimeout(timer);
      thread.off('message', onMessage);
      resolve(json);
    };
    const onMessage = (message: { type: string; json?: MetricsJson }): void => {
      if (message.type === 'metrics') finish(message.json ?? []);
    };
    const timer = setTimeout(() => {
      finish([]);
    }, TIMEOUT_MS);
    thread.on('message', onMessage);
    thread.postMessage({ type: 'metrics' });
  });
}
