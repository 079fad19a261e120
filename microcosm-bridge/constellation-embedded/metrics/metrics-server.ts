/** `--bind-metrics`: every path answers with the metrics, as on the real server. */

import { createServer } from 'node:http';
import type { Server } from 'node:http';
import {
  AggregatorRegistry,
  Registry,
  collectDefaultMetrics,
} from 'prom-client';
import type { MetricsJson } from '../../../lib/api-server/index.js';
import { addBackupMetrics } from './backup-metrics.js';

/**
 * Makes the server; the caller listens.
 *
 * @param threads - asks every thread for its metrics
 * @param backupState - where backups are written down; null: nowhere
 */
export function createMetricsServer(
  threads: () => Promise<readonly MetricsJson[]>,
  backupState: string | null = null
): Server {
  const own = new Registry();
  collectDefaultMetrics({ register: own });
  if (backupState !== null) addBackupMetrics(own, backupState);
  return createServer((request, response) => {
    if (request.url === '/health') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('OK');
      return;
    }
    scrape(own, threads).then(
      (text) => {
        response.writeHead(200, { 'content-type': own.contentType }).end(text);
      },
      () => {
        response.writeHead(500).end();
      }
    );
  });
}

async function scrape(
  own: Registry,
  threads: () => Promise<readonly MetricsJson[]>
): Promise<string> {
  const all = await threads();
  const together = AggregatorRegistry.aggregate([...all]);
  return `${await own.metrics()}\n${await together.metrics()}`;
}
