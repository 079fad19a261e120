import type { RuntimeState } from '../runtime-state.js';
import type { EmbeddedRecord } from './embedded-record.js';

/**
 * A sentence about a state, for people. Pure.
 *
 * @param ended parts that are gone, with `degraded`
 */
export function describeState(
  state: RuntimeState,
  record: EmbeddedRecord | null,
  ended: readonly string[] = []
): string {
  const index = record?.processes.find(({ role }) => role === 'index');
  const pid = index === undefined ? '' : ` (process ${index.identity.pid})`;
  switch (state) {
    case 'absent':
      return 'the embedded index was never started here';
    case 'starting':
      return `the embedded index${pid} is being started`;
    case 'running':
      return `the embedded index${pid} runs since ${index?.startedAt ?? '?'}`;
    case 'degraded':
      return `the embedded index${pid} runs, but ${endedText(ended)}`;
    case 'stopping':
      return `the embedded index${pid} is being stopped`;
    case 'stopped':
      return 'the embedded index is stopped';
    case 'failed':
      return `the embedded index${pid} has ended by itself`;
    case 'unknown':
      return `the embedded index${pid} was started on ${index?.identity.hostname ?? 'another machine'} and cannot be seen from here`;
  }
}

function endedText(ended: readonly string[]): string {
  const others = ended.filter((role) => role !== 'index');
  if (others.length === 0) return 'something beside it has ended';
  return `its ${others.join(' and its ')} ${others.length === 1 ? 'has' : 'have'} ended`;
}
