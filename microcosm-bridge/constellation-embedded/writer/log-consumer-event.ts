/** The consumer's events as lines of the log. */

import type { ConsumerEvent } from '../jetstream/index.js';
import type { LogLevel } from '../../../lib/log/log.js';

/** Writes one line. */
export function logConsumerEvent(
  event: ConsumerEvent,
  log: (level: LogLevel, text: string) => void
): void {
  switch (event.type) {
    case 'connected':
      log('info', `connected to ${event.endpoint}, ${from(event.cursorUs)}`);
      return;
    case 'disconnected': {
      const seconds = (event.retryInMs / 1000).toFixed(1);
      log(
        'warn',
        `${event.endpoint}: ${event.message}; ${event.nextEndpoint} in ${seconds} s (${event.failures} in a row)`
      );
      return;
    }
    case 'host-changed':
      log(
        'info',
        `changed from ${event.from} to ${event.to}, ${from(event.cursorUs)}`
      );
      return;
    case 'malformed':
      log(
        'warn',
        `${event.endpoint} sent ${event.count} malformed events, the newest begins ${JSON.stringify(event.sample)}`
      );
      return;
    case 'future':
      log(
        'warn',
        `${event.endpoint} sent ${event.count} events from the future (${time(event.timeUs)}): is this machine's clock right?`
      );
      return;
    case 'oversized':
      log(
        'warn',
        `${event.endpoint} sent a frame above the size limit${event.skippedUs === 0 ? '' : `; it is skipped by going on ${event.skippedUs} µs later`}`
      );
      return;
    case 'gap':
      log(
        'error',
        `${event.endpoint} no longer has what came between ${time(event.gap.fromUs)} and ${time(event.gap.toUs)}: the index is complete since the latter only`
      );
      return;
    case 'endpoint-warning':
      log('warn', `${event.endpoint}: ${event.message}`);
      return;
  }
}

function from(cursorUs: number | null): string {
  return cursorUs === null ? 'from now on' : `from ${time(cursorUs)} on`;
}

function time(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
