import path from 'node:path';
import { assignments, readEnvFile, readEnvText } from '../../env/index.js';
import type { DockerRecord } from '../../runtime/docker/docker-record.js';
import { recordFileChange, type RecordedFile } from '../recorded-file.js';
import { UndoableEnvFile } from '../undoable-env-file.js';
import type { UpgradeRun } from './upgrade-run.js';

const KEYS = ['CONSTELLATION_IMAGE', 'CONSTELLATION_VERSION'] as const;

/**
 * Writes down which image runs where later runs would find another one: in the
 * AppView's `.env`, from which plain Compose calls take it, and in our own env
 * file where it stands there already. Both can be undone.
 *
 * @returns what was changed
 */
export async function writeImageSettings(
  { context: { undo }, options, record }: UpgradeRun,
  { stack, variables }: DockerRecord
): Promise<readonly RecordedFile[]> {
  const changed: RecordedFile[] = [];
  const wanted = Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = variables[key];
      return value === undefined ? [] : [[key, value] as const];
    })
  );
  const own = new UndoableEnvFile(options.envFile, undo);
  const there = await keysIn(own.path);
  await own.write(
    Object.fromEntries(Object.entries(wanted).filter(([key]) => there.has(key)))
  );
  if (own.done !== null) {
    const envFile = recordFileChange(record.current?.envFile ?? null, own.done);
    await record.note('docker', { envFile });
    changed.push(own.done);
  }
  const appview = record.current?.appview ?? null;
  if (appview !== null && stack.baseFiles.length > 0) {
    const file = new UndoableEnvFile(path.join(stack.envFolder, '.env'), undo);
    await file.write(wanted);
    if (file.done !== null) {
      const env = recordFileChange(appview.env, file.done);
      await record.note('docker', { appview: { ...appview, env } });
      changed.push(file.done);
    }
  }
  return changed;
}

async function keysIn(file: string): Promise<ReadonlySet<string>> {
  const content = await readEnvFile(file);
  return new Set(assignments(readEnvText(content?.text ?? '')).keys());
}
