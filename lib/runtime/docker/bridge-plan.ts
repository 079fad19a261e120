/** What a start would do about the bridge, whose container is its own. */

import { BRIDGE_SERVICE } from '../../compose/index.js';
import { SOURCE_LABEL } from './bridge-source.js';
import { configDifferences } from '../embedded/parse-config.js';
import type { PlannedAction } from '../runtime.js';
import type { ContainerVerdict } from './describe-container.js';
import type { DockerRecord } from './docker-record.js';
import type { Engine } from './engine.js';
import type { Sighting } from './index-container.js';
import { findImage } from './image.js';
import { plannedImage } from './provide-image.js';
import { isBuiltBridge, type WantedIndex } from './wanted-index.js';

/** What would be done about it beside an index that is started. */
export async function bridgeActions(
  engine: Engine,
  { config, stack, bridgeImage: image, bridgeSource }: WantedIndex,
  { bridge }: Pick<Sighting, 'bridge'>
): Promise<readonly PlannedAction[]> {
  const wanted = config.bridge ?? null;
  const where = `container ${BRIDGE_SERVICE} of project ${stack.project}`;
  if (wanted === null) {
    return bridge === null ? [] : [{ kind: 'stop', text: `remove ${where}` }];
  }
  const isBuilt = isBuiltBridge(image);
  const provide =
    (await plannedImage(engine, { image, isBuilt })) ??
    ((await isOlder(engine, image, bridgeSource)) ? rebuild(image) : null);
  return [
    ...(provide === null ? [] : [provide]),
    {
      kind: bridge === null ? 'create' : 'start',
      text: `start ${where} on ${config.bind}:${wanted.port}`,
    },
  ];
}

function rebuild(image: string): PlannedAction {
  const text = `build the image ${image} anew from the code of now`;
  return { kind: 'build', text };
}

/**
 * Whether an image is there and of other code than what would be built now.
 *
 * @param source null: it is not built here
 */
export async function isOlder(
  engine: Engine,
  image: string,
  source: string | null
): Promise<boolean> {
  if (source === null) return false;
  const found = await findImage(engine, image);
  return found !== null && found.labels[SOURCE_LABEL] !== source;
}

/** What a bridge is wished to be. */
export type BridgeWish = Pick<
  WantedIndex,
  'config' | 'bridgeImage' | 'bridgeSource' | 'bridgeRedis'
>;

/** Why it has to be started, made anew or removed; none: it is as wished. Pure. */
export function bridgeReasons(
  { record, bridge }: Pick<Sighting, 'record' | 'bridge'>,
  { config, bridgeImage, bridgeSource, bridgeRedis }: BridgeWish
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
    ...(bridgeSource === null || bridge.labels[SOURCE_LABEL] === bridgeSource
      ? []
      : ['the image of the bridge is of older code']),
    ...(bridgeRedis === null ||
    (bridge.environment['REDIS_URL'] ?? '') === bridgeRedis
      ? []
      : ['the bridge is to have another Redis, or none']),
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
