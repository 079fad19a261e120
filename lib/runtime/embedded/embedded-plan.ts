import { presenceOf } from '../process-identity.js';
import type { PlannedAction, RuntimePlan } from '../runtime.js';
import type { RuntimeState } from '../runtime-state.js';
import { describeState } from './describe-state.js';
import { hostPort } from './embedded-command.js';
import { ROLE_NAMES } from './embedded-processes.js';
import type { EmbeddedRecord } from './embedded-record.js';
import { configDifferences } from './parse-config.js';

/** What has to happen so that the index runs as `wanted`. */
export function planStart(
  state: Exclude<RuntimeState, 'unknown'>,
  record: EmbeddedRecord | null,
  wanted: EmbeddedRecord['config']
): RuntimePlan {
  const start = startActions(wanted);
  switch (state) {
    case 'absent':
    case 'stopped':
      return { change: 'start', reasons: [], actions: start };
    case 'failed':
      return {
        change: 'start',
        reasons: [describeState(state, record)],
        actions: start,
      };
    case 'running': {
      const reasons =
        record === null ? [] : configDifferences(record.config, wanted);
      return reasons.length === 0
        ? { change: 'none', reasons, actions: [] }
        : { change: 'restart', reasons, actions: [...STOP, ...start] };
    }
    case 'starting':
    case 'degraded':
    case 'stopping':
      return {
        change: 'restart',
        reasons: [describeState(state, record, endedParts(record))],
        actions: [...STOP, ...start],
      };
  }
}

const STOP: readonly PlannedAction[] = [
  { kind: 'stop', text: `stop ${ROLE_NAMES.index}` },
];

function startActions(
  config: EmbeddedRecord['config']
): readonly PlannedAction[] {
  const { bind, port, sample, dataPath, bridge } = config;
  const index: PlannedAction = {
    kind: 'start',
    text: `start ${ROLE_NAMES.index} on ${hostPort(bind, port)}, data in ${dataPath}`,
  };
  const simulator: PlannedAction = {
    kind: 'start',
    text: `start ${ROLE_NAMES.simulator} with sample data`,
  };
  const beside: PlannedAction[] =
    bridge === undefined || bridge === null
      ? []
      : [
          {
            kind: 'start',
            text: `start ${ROLE_NAMES.bridge} on ${hostPort(bind, bridge.port)}${
              typeof bridge.redis === 'string'
                ? `, cache in ${bridge.redis}`
                : ''
            }`,
          },
        ];
  return [...(sample ? [simulator] : []), index, ...beside];
}

/** The parts that have ended, by name. */
export function endedParts(record: EmbeddedRecord | null): readonly string[] {
  return (record?.processes ?? [])
    .filter(({ identity }) => presenceOf(identity) === 'gone')
    .map(({ role }) => role);
}
