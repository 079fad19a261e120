import { readFile, rm } from 'node:fs/promises';
import { BRIDGE_SERVICE } from '../../compose/index.js';
import type { RuntimeConfig } from '../runtime.js';
import { assertPortFree } from '../port-check.js';
import { writeStateFile } from '../state-file.js';
import {
  bringUpBridge,
  provideBridgeImage,
  type BridgeTools,
} from './bridge-container.js';
import { bridgeUrl } from './container-urls.js';
import type { DockerRecord } from './docker-record.js';
import { isUp, takeBackContainer, type Sighting } from './index-container.js';
import { withBridgeVariables } from './stack-variables.js';
import type { WantedIndex } from './wanted-index.js';

/** The record of the same index with another bridge, or none. Pure. */
function recordWithBridge(
  record: DockerRecord,
  { config, stack, given }: WantedIndex
): DockerRecord {
  const bridge = config.bridge ?? null;
  return {
    ...record,
    config: { ...record.config, bridge },
    stack,
    variables: withBridgeVariables(record.variables, bridge, given),
  };
}

/**
 * Starts the bridge of an index that runs, makes it anew, or removes it. The
 * index is not touched; what was begun is taken back where that fails.
 *
 * @param record of the index
 * @returns the record to keep
 * @throws RuntimeError PORT_IN_USE; as provideBridgeImage and bringUpBridge
 */
export async function changeBridge(
  record: DockerRecord,
  wanted: WantedIndex,
  { bridge }: Pick<Sighting, 'bridge'>,
  tools: BridgeTools
): Promise<DockerRecord> {
  const { config, overlay, stack, bridgeImage } = wanted;
  const next = recordWithBridge(record, wanted);
  const { overlayFile } = stack;
  const textBefore = await readFile(overlayFile, 'utf8').catch(() => null);
  if (config.bridge === undefined || config.bridge === null) {
    if (overlay !== null) await writeStateFile(overlayFile, overlay);
    await takeBackContainer(tools.engine, stack.project, null, BRIDGE_SERVICE);
    return next;
  }
  await assertBridgePortFree(config, { bridge });
  if (overlay !== null) await writeStateFile(overlayFile, overlay);
  try {
    await provideBridgeImage(bridgeImage, next, tools);
    await bringUpBridge(next, tools);
    return next;
  } catch (error) {
    if (overlay !== null) {
      if (textBefore === null) await rm(overlayFile, { force: true });
      else await writeStateFile(overlayFile, textBefore);
    }
    await takeBackBridge(record, { bridge }, tools);
    throw error;
  }
}

/** @throws RuntimeError PORT_IN_USE where something else has it */
export async function assertBridgePortFree(
  { bind, bridge: wanted }: RuntimeConfig,
  { bridge }: Pick<Sighting, 'bridge'>
): Promise<void> {
  if (wanted === undefined || wanted === null) return;
  const own = bridge !== null && isUp(bridge) ? (bridgeUrl(bridge) ?? '') : '';
  if (own.endsWith(`:${wanted.port}`)) return;
  await assertPortFree(bind, wanted.port, '--bridge-port');
}

/** The one of before, as it was; none where there was none. */
async function takeBackBridge(
  record: DockerRecord,
  { bridge }: Pick<Sighting, 'bridge'>,
  tools: BridgeTools
): Promise<void> {
  const { engine } = tools;
  const { project } = record.stack;
  await takeBackContainer(engine, project, bridge, BRIDGE_SERVICE);
  if (bridge === null || !isUp(bridge)) return;
  // Its own signal may be what ended this.
  await bringUpBridge(record, { ...tools, signal: undefined });
}
