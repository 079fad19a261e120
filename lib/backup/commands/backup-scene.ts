import path from 'node:path';
import {
  acquireLock,
  DEFAULT_STATE_FOLDER,
  openRuntime,
  stateFolder,
  type Lock,
  type Runtime,
  type RuntimeKind,
  type StateFolder,
} from '../../runtime/index.js';
import { chooseBridgeRedis } from '../../setup/bridge-redis.js';
import { settingsFileOf } from '../../setup/settings-file.js';
import { readSetupRecord } from '../../setup/setup-record.js';
import { BACKUP_LOCK, makeBackupFolder } from '../backup-folder.js';

/** Which index, and where its backups are, as flags say it. */
export interface SceneFlags {
  readonly state: string | undefined;
  readonly backups: string | undefined;
  readonly runtime?: RuntimeKind | undefined;
}

/** Where a command works. */
export interface BackupScene {
  readonly folder: StateFolder;
  /** The folder of the backups, absolute. */
  readonly backups: string;
  readonly runtime: Runtime;
  /** The env file of this index. */
  readonly envFile: string;
}

/**
 * Puts together where a command works. Nothing is made or started.
 *
 * @param env where a Redis for the bridge may be named, for a command that
 *   starts the index
 * @throws UsageError where that is no Redis URL
 */
export async function openScene(
  flags: SceneFlags,
  env?: Readonly<Record<string, string | undefined>>
): Promise<BackupScene> {
  const folder = stateFolder(flags.state ?? DEFAULT_STATE_FOLDER);
  const record = await readSetupRecord(folder.setupRecord);
  const kind = flags.runtime ?? record?.runtime ?? 'embedded';
  const envFile = await settingsFileOf(folder.path);
  const redis =
    env === undefined ? null : await chooseBridgeRedis({ env, envFile });
  return {
    folder,
    backups: path.resolve(flags.backups ?? folder.backups),
    runtime: openRuntime(kind, { folder, redis }),
    envFile,
  };
}

/**
 * Keeps a second run out of the folder of the backups, which is made.
 *
 * @throws LockedError LOCKED (exit code 11)
 */
export async function lockBackups(
  backups: string,
  purpose: string,
  signal: AbortSignal
): Promise<Lock> {
  await makeBackupFolder(backups);
  return await acquireLock(path.join(backups, BACKUP_LOCK), {
    purpose,
    signal,
  });
}
