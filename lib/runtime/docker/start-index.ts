import { BRIDGE_SERVICE } from '../../compose/index.js';
import { assertPortFree } from '../port-check.js';
import { writeStateFile } from '../state-file.js';
import { bringUpBridge, type BridgeTools } from './bridge-container.js';
import {
  giveNameBack,
  provideBridgeImage,
  removeFormer,
} from './bridge-image.js';
import { bringUpIndex } from './bring-up-index.js';
import { assertBridgePortFree } from './change-bridge.js';
import type { DockerRuntime } from './docker-runtime.js';
import { takeBackContainer, type Sighting } from './index-container.js';
import { provideImage } from './provide-image.js';
import { startRecord } from './start-record.js';
import type { WantedIndex } from './wanted-index.js';

/** What is started, beside what is there. */
export interface IndexStart {
  readonly wanted: WantedIndex;
  readonly seen: Sighting;
  readonly tools: BridgeTools;
}

/**
 * Starts an index that does not run, with its bridge where one is wanted. What
 * was begun is taken back where that fails; data stays.
 *
 * @throws RuntimeError PORT_IN_USE, BAD_DATA_FOLDER; as provideImage,
 *   provideBridgeImage, bringUpIndex and bringUpBridge
 */
export async function startIndex(
  runtime: DockerRuntime,
  { wanted, seen, tools }: IndexStart
): Promise<void> {
  const { record, container, bridge } = seen;
  const { config, overlay } = wanted;
  const { bind, port, metricsPort } = config;
  const { engine } = runtime;
  const hasBridge = (config.bridge ?? null) !== null;
  await assertPortFree(bind, port, '--port');
  if (metricsPort !== null) {
    await assertPortFree(bind, metricsPort, '--metrics-port');
  }
  await assertBridgePortFree(config, seen);
  const next = await startRecord(engine, wanted, record);
  const { project, overlayFile } = next.stack;
  if (overlay !== null) await writeStateFile(overlayFile, overlay);
  await provideImage(wanted, {
    ...tools,
    variables: next.variables,
    logFile: runtime.buildLog,
  });
  const former = hasBridge
    ? await provideBridgeImage(wanted, next, tools)
    : null;
  await runtime.keep(next);
  try {
    await bringUpIndex(runtime, next, tools);
    if (hasBridge) await bringUpBridge(next, tools);
    else await takeBackContainer(engine, project, null, BRIDGE_SERVICE);
    await runtime.keep({ ...next, phase: 'running' });
    await removeFormer(engine, former);
  } catch (error) {
    await takeBackContainer(engine, project, bridge, BRIDGE_SERVICE);
    await takeBackContainer(engine, project, container);
    await giveNameBack(engine, former);
    await runtime.keep(record);
    throw error;
  }
}
