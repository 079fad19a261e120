import { existsSync } from 'node:fs';
import { openRuntime } from '../runtime/open-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import type { StateFolder } from '../runtime/state-folder.js';
import { readSetupRecord } from './setup-record.js';

/**
 * The runtime that setup used last on a state folder; without a record of
 * setup the one that left something there.
 *
 * @throws RuntimeError STATE_DAMAGED
 */
export async function openRecordedRuntime(
  folder: StateFolder
): Promise<Runtime> {
  const record = await readSetupRecord(folder.setupRecord);
  const left = existsSync(folder.docker) ? 'docker' : 'embedded';
  return openRuntime(record?.runtime ?? left, { folder });
}
