import { INDEX_SERVICE } from '../../compose/index.js';
import type { PlannedAction, RuntimePlan } from '../runtime.js';
import type { Engine } from './engine.js';
import type { Sighting } from './index-container.js';
import { plannedImage } from './provide-image.js';
import { indexDifferences, type WantedIndex } from './wanted-index.js';

const STOP: PlannedAction = { kind: 'stop', text: 'stop the container' };

/** What a start would do, once nothing runs. Nothing is done. */
export async function startActions(
  engine: Engine,
  wanted: WantedIndex,
  { container }: Sighting
): Promise<readonly PlannedAction[]> {
  const { stack, config } = wanted;
  const provide = await plannedImage(engine, wanted);
  const where = `container ${INDEX_SERVICE} of project ${stack.project}`;
  return [
    ...(provide === null ? [] : [provide]),
    {
      kind: container === null ? 'create' : 'start',
      text: `start ${where} on ${config.bind}:${config.port}`,
    },
  ];
}

/** What comes before a start, from what is there. Pure. */
export function startPlan(
  { record, container, verdict }: Sighting,
  wanted: WantedIndex,
  actions: readonly PlannedAction[]
): RuntimePlan {
  switch (verdict.state) {
    case 'absent':
    case 'stopped':
      return { change: 'start', reasons: [], actions };
    case 'failed':
      return {
        change: container?.status === 'restarting' ? 'restart' : 'start',
        reasons: [verdict.detail],
        actions,
      };
    case 'running': {
      const reasons = indexDifferences(record, container, wanted);
      return reasons.length === 0
        ? { change: 'none', reasons, actions: [] }
        : { change: 'restart', reasons, actions: [STOP, ...actions] };
    }
    case 'starting':
    case 'degraded':
    case 'stopping':
    case 'unknown':
      return {
        change: 'restart',
        reasons: [verdict.detail],
        actions: [STOP, ...actions],
      };
  }
}
