import type { ConstellationEvent } from '../../lib/constellation/index.js';
import type { LogLevel } from '../../lib/log/log.js';

/** A line for the log. */
export interface LogLine {
  readonly level: LogLevel;
  readonly text: string;
}

/** What of an event is worth a line; null for what only the metrics count. */
export function logLineOf(event: ConstellationEvent): LogLine | null {
  switch (event.type) {
    case 'request': {
      const { role, endpoint, durationMs, code } = event;
      const text = `${role} ${endpoint}: ${code ?? 'OK'} in ${durationMs.toFixed(1)} ms`;
      return { level: 'debug', text };
    }
    case 'retry': {
      const { role, tries, delayMs, code } = event;
      const text = `${role}: ${code}, try ${tries + 1} in ${Math.round(delayMs)} ms`;
      return { level: 'debug', text };
    }
    case 'fallback':
      return {
        level: 'debug',
        text: `the fallback stands in for the main index (${event.code})`,
      };
    case 'breaker': {
      const { role, state } = event;
      return {
        level: state === 'open' ? 'warn' : 'info',
        text: `the breaker of the ${role} index is ${state}`,
      };
    }
    case 'standing': {
      const { verdict } = event;
      return {
        level: verdict === 'stalled' ? 'warn' : 'info',
        text: `the local index is ${verdict}`,
      };
    }
    case 'redis': {
      const { state, reason } = event;
      const why = reason === null ? '' : `: ${reason}`;
      return {
        level: state === 'available' ? 'info' : 'warn',
        text: `Redis is ${state}${why}`,
      };
    }
  }
}
