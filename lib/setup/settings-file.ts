import { existsSync } from 'node:fs';
import { stateFolder } from '../runtime/state-folder.js';
import { defaultEnvFile } from './setup-options.js';
import { readSetupRecord } from './setup-record.js';

/**
 * The settings file of a state folder, absolute: the one that setup was told
 * last, as long as it is there, else the usual one. With another one a later run
 * would find other ports, and set up anew what runs.
 *
 * @throws RuntimeError STATE_DAMAGED, STATE_UNREADABLE
 */
export async function settingsFileOf(state: string): Promise<string> {
  const record = await readSetupRecord(stateFolder(state).setupRecord);
  const known = record?.envFile?.path;
  return known !== undefined && existsSync(known)
    ? known
    : defaultEnvFile(state);
}
