/** The whole process without its command line: folder, lock, log, threads. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock } from '../../lib/runtime/process-lock.js';
import { Log } from '../../lib/log/log.js';
import type { LogLevel } from '../../lib/log/log.js';
import { RotatingLog } from '../../lib/runtime/embedded/rotating-log.js';
import { DEFAULT_THRESHOLDS } from './health/verdict.js';
import type { EmbeddedSettings } from './settings.js';
import { LOCK_FILE, openDataFolder } from './store/data-folder.js';
import { Supervisor } from './threads/supervisor.js';
import type { Addresses } from './threads/supervisor.js';

/** A running index. */
export interface EmbeddedIndex {
  readonly addresses: Addresses;
  /** Rejects when the index cannot go on. */
  readonly failure: Promise<never>;
  readonly log: (level: LogLevel, text: string) => void;
  /** Commits what is under way, closes everything, frees the folder. */
  stop(): Promise<void>;
}

/** The version in package.json. */
export const VERSION = readVersion();

/**
 * Starts the index; when it returns, the API answers.
 *
 * @throws StoreError, SupervisorError, LockedError
 */
export async function startEmbedded(
  settings: EmbeddedSettings
): Promise<EmbeddedIndex> {
  const { dataPath, sample } = settings;
  openDataFolder(dataPath, sample);
  const lock = await acquireLock(join(dataPath, LOCK_FILE), {
    purpose: `the embedded index on ${dataPath}`,
  });
  const log = openLog(settings.log);
  const supervisor = new Supervisor({
    index: {
      dataPath,
      jetstream: settings.jetstream,
      fixture: settings.fixture,
      minFreeBytes: settings.minFreeBytes,
      retainDays: settings.retainDays,
    },
    bind: settings.bind,
    bindMetrics: settings.bindMetrics,
    backupState: settings.backupState,
    workers: settings.workers,
    didWebDomain: settings.didWebDomain,
    identity: {
      sample,
      dataPath,
      version: VERSION,
      processStartedMs: Date.now(),
      thresholds: {
        ...DEFAULT_THRESHOLDS,
        staleMs: settings.staleAfterMs,
        silentMs: settings.staleAfterMs,
        trendMs: Math.min(DEFAULT_THRESHOLDS.trendMs, settings.staleAfterMs),
      },
    },
    log: (level, text) => {
      log.write(level, text);
    },
  });
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    await lock.release();
  };
  try {
    const addresses = await supervisor.start();
    log.write('info', `version ${VERSION}, data in ${dataPath}`);
    log.write('info', `the API listens on ${addresses.api}`);
    return {
      addresses,
      failure: supervisor.failure,
      log: (level, text) => {
        log.write(level, text);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function openLog({ file, maxBytes, level }: EmbeddedSettings['log']): Log {
  if (file === null) {
    return new Log((line) => process.stderr.write(line), level);
  }
  const rotating = new RotatingLog(file, { maxBytes });
  return new Log((line) => {
    rotating.write(line);
  }, level);
}

function readVersion(): string {
  const text = readFileSync(
    new URL('../../package.json', import.meta.url),
    'utf8'
  );
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
