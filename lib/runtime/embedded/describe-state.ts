import type { RuntimeState } from '../runtime-state.js';
import type { EmbeddedRecord } from './embedded-record.js';

/** A sentence about a state, for people. Pure. */
export function describeState(
  state: RuntimeState,
  record: EmbeddedRecord | null
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
      return `the embedded index${pid} runs, but its simulator has ended`;
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
