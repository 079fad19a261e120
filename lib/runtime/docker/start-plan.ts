import { INDEX_SERVICE } from '../../compose/index.js';
import type { PlannedAction, RuntimePlan } from '../runtime.js';
import { bridgeActions, bridgeReasons } from './bridge-plan.js';
import type { Engine } from './engine.js';
import type { Sighting } from './index-container.js';
import { plannedImage } from './provide-image.js';
import { indexDifferences, type WantedIndex } from './wanted-index.js';

const STOP: PlannedAction = { kind: 'stop', text: 'stop the container' };

/** What a start would do. */
export interface StartActions {
  /** With the index, once nothing runs. */
  readonly index: readonly PlannedAction[];
  /** With its bridge. */
  readonly bridge: readonly PlannedAction[];
}

/** What a start would do. Nothing is done. */
export async function startActions(
  engine: Engine,
  wanted: WantedIndex,
  seen: Sighting
): Promise<StartActions> {
  const { stack, config } = wanted;
  const provide = await plannedImage(engine, wanted);
  const where = `container ${INDEX_SERVICE} of project ${stack.project}`;
  return {
    index: [
      ...(provide === null ? [] : [provide]),
      {
        kind: seen.container === null ? 'create' : 'start',
        text: `start ${where} on ${config.bind}:${config.port}`,
      },
    ],
    bridge: await bridgeActions(engine, wanted, seen),
  };
}

/** What comes before a start, from what is there. Pure. */
export function startPlan(
  seen: Sighting,
  wanted: WantedIndex,
  { index, bridge }: StartActions
): RuntimePlan {
  const { record, container, verdict } = seen;
  const actions = [...index, ...bridge];
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
      if (reasons.length > 0) {
        return { change: 'restart', reasons, actions: [STOP, ...actions] };
      }
      // The index goes on while its bridge changes.
      const ofBridge = bridgeReasons(seen, wanted);
      return ofBridge.length === 0
        ? { change: 'none', reasons: [], actions: [] }
        : { change: 'start', reasons: ofBridge, actions: bridge };
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
