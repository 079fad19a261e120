/** What a start would do about the bridge, whose container is its own. */

import { BRIDGE_SERVICE, COMPOSE_VARIABLES } from '../../compose/index.js';
import { configDifferences } from '../embedded/parse-config.js';
import type { PlannedAction } from '../runtime.js';
import type { ContainerVerdict } from './describe-container.js';
import type { DockerRecord } from './docker-record.js';
import type { Engine } from './engine.js';
import type { Sighting } from './index-container.js';
import { plannedImage } from './provide-image.js';
import type { WantedIndex } from './wanted-index.js';

/** What is left of a name without its tag. */
const BUILT_NAME = COMPOSE_VARIABLES.CONSTELLATION_BRIDGE_IMAGE.default.replace(
  /[^:]*$/,
  ''
);

/** Whether an image of that name is ours to build. Pure. */
export function isBuiltBridge(image: string): boolean {
  return image.startsWith(BUILT_NAME);
}

/** What would be done about it beside an index that is started. */
export async function bridgeActions(
  engine: Engine,
  { config, stack, bridgeImage: image }: WantedIndex,
  { bridge }: Pick<Sighting, 'bridge'>
): Promise<readonly PlannedAction[]> {
  const wanted = config.bridge ?? null;
  const where = `container ${BRIDGE_SERVICE} of project ${stack.project}`;
  if (wanted === null) {
    return bridge === null ? [] : [{ kind: 'stop', text: `remove ${where}` }];
  }
  const isBuilt = isBuiltBridge(image);
  const provide = await plannedImage(engine, { image, isBuilt });
  return [
    ...(provide === null ? [] : [provide]),
    {
      kind: bridge === null ? 'create' : 'start',
      text: `start ${where} on ${config.bind}:${wanted.port}`,
    },
  ];
}

/** Why it has to be started, made anew or removed; none: it is as wished. Pure. */
export function bridgeReasons(
  { record, bridge }: Pick<Sighting, 'record' | 'bridge'>,
  { config, bridgeImage }: Pick<WantedIndex, 'config' | 'bridgeImage'>
): readonly string[] {
  const wanted = config.bridge ?? null;
  if (wanted === null) return bridge === null ? [] : ['no bridge is wanted'];
  const gone = bridgeGone(bridge);
  if (record === null || bridge === null || gone !== null) {
    return [gone ?? 'the bridge is not there'];
  }
  const since = bridge.environment['CONSTELLATION_LOCAL_SINCE'] ?? '';
  return [
    ...configDifferences(
      { ...config, bridge: record.config.bridge },
      { ...config, bridge: wanted }
    ),
    ...(bridge.image === bridgeImage
      ? []
      : [`image of the bridge ${bridge.image} → ${bridgeImage}`]),
    ...(since === (record.since ?? '')
      ? []
      : ['the bridge does not know since when the index is complete']),
  ];
}

/** What the state of an index is with its bridge. Pure. */
export function withBridge(
  verdict: ContainerVerdict,
  record: DockerRecord | null,
  bridge: Sighting['bridge']
): ContainerVerdict {
  const isWanted = (record?.config.bridge ?? null) !== null;
  if (!isWanted || verdict.state !== 'running') return verdict;
  const gone = bridgeGone(bridge);
  return gone === null
    ? verdict
    : { state: 'degraded', detail: `${verdict.detail}, but ${gone}` };
}

/** @returns null where it runs */
function bridgeGone(bridge: Sighting['bridge']): string | null {
  if (bridge === null) return 'the container of its bridge is gone';
  const { status, name } = bridge;
  return status === 'running' ? null : `its bridge (${name}) is ${status}`;
}
