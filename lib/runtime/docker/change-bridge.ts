import { readFile, rm } from 'node:fs/promises';
import { BRIDGE_SERVICE } from '../../compose/index.js';
import type { RuntimeConfig } from '../runtime.js';
import { assertPortFree } from '../port-check.js';
import { writeStateFile } from '../state-file.js';
import { bringUpBridge, type BridgeTools } from './bridge-container.js';
import {
  giveNameBack,
  provideBridgeImage,
  removeFormer,
  type FormerImage,
} from './bridge-image.js';
import { bridgeUrl } from './container-urls.js';
import type { DockerRecord } from './docker-record.js';
import {
  BRIDGE_STOP_MS,
  isUp,
  stopContainer,
  takeBackContainer,
  type Sighting,
} from './index-container.js';
import { withBridgeVariables } from './stack-variables.js';
import { bridgeImageOf, type WantedIndex } from './wanted-index.js';

/** The record of the same index with another bridge, or none. Pure. */
function recordWithBridge(
  record: DockerRecord,
  { config, stack, given }: WantedIndex
): DockerRecord {
  const bridge = config.bridge ?? null;
  const variables = withBridgeVariables(record.variables, config, given);
  return {
    ...record,
    config: { ...record.config, bridge },
    stack,
    variables,
    formerImages: withFormerBridge(record, variables),
  };
}

/** Other images that ran here, the bridge's among them, for teardown. Pure. */
export function withFormerBridge(
  { config, variables, formerImages }: DockerRecord,
  next: Readonly<Record<string, string>>
): readonly string[] {
  const name = bridgeImageOf(variables);
  const hadBridge = (config.bridge ?? null) !== null;
  const isLeft = next['CONSTELLATION_BRIDGE_IMAGE'] === name;
  return hadBridge && !isLeft
    ? [...new Set([...formerImages, name])]
    : formerImages;
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
  const { config, overlay, stack } = wanted;
  const next = recordWithBridge(record, wanted);
  const { overlayFile } = stack;
  const textBefore = await readFile(overlayFile, 'utf8').catch(() => null);
  if (config.bridge === undefined || config.bridge === null) {
    if (overlay !== null) await writeStateFile(overlayFile, overlay);
    if (bridge !== null && isUp(bridge)) {
      // What it was asked is answered first.
      const deadlineMs = BRIDGE_STOP_MS;
      await stopContainer(tools.engine, bridge, { ...tools, deadlineMs });
    }
    await takeBackContainer(tools.engine, stack.project, null, BRIDGE_SERVICE);
    return next;
  }
  await assertBridgePortFree(config, { bridge });
  if (overlay !== null) await writeStateFile(overlayFile, overlay);
  let former: FormerImage | null = null;
  try {
    former = await provideBridgeImage(wanted, next, tools);
    await bringUpBridge(next, tools);
    await removeFormer(tools.engine, former);
    return next;
  } catch (error) {
    if (overlay !== null) {
      if (textBefore === null) await rm(overlayFile, { force: true });
      else await writeStateFile(overlayFile, textBefore);
    }
    await takeBackBridge(record, { bridge, former }, tools);
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
  {
    bridge,
    former,
  }: Pick<Sighting, 'bridge'> & { readonly former: FormerImage | null },
  tools: BridgeTools
): Promise<void> {
  const { engine } = tools;
  const { project } = record.stack;
  await takeBackContainer(engine, project, bridge, BRIDGE_SERVICE);
  await giveNameBack(engine, former);
  if (bridge === null || !isUp(bridge)) return;
  // Its own signal may be what ended this.
  await bringUpBridge(record, { ...tools, signal: undefined });
}
