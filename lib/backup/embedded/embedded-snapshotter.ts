import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  MARKER_FILE,
  readMarker,
  STORE_FILE,
} from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { openStore } from '../../../microcosm-bridge/constellation-embedded/store/open-store.js';
import { PIECE_BYTES } from '../archive/stored-file.js';
import { BackupError } from '../backup-error.js';
import type {
  Snapshot,
  SnapshotOptions,
  SnapshotPlan,
  Snapshotter,
} from '../snapshotter.js';
import { endGuarded, startGuarded } from './guarded-child.js';
import { readStoreFacts } from './store-facts.js';

/** How often the growing copy is looked at (ms). */
const LOOK_MS = 200;

/** LMDB's hot copy; the index runs on and answers all the time. */
export class EmbeddedSnapshotter implements Snapshotter {
  readonly runtime = 'embedded';
  readonly #dataPath: string;

  constructor(dataPath: string) {
    this.#dataPath = dataPath;
  }

  async plan(): Promise<SnapshotPlan> {
    const dataPath = this.#dataPath;
    const size = await stat(path.join(dataPath, STORE_FILE)).then(
      (stats) => stats.size,
      () => null
    );
    if (readMarker(dataPath) === null || size === null) {
      throw new BackupError(`there is no index in ${dataPath}`, {
        code: 'NOTHING_FOUND',
        suggestion: 'run setup first, or name the folder with --data DIR',
      });
    }
    return {
      method: 'hot-copy',
      text: 'copy the store while it runs; the API goes on answering',
      source: dataPath,
      sizeBytes: size,
      // It may grow between now and then: the reserve is for that.
      scratchBytes: size,
    };
  }

  async take(
    folder: string,
    { signal, onCopied }: SnapshotOptions
  ): Promise<Snapshot> {
    signal.throwIfAborted();
    await mkdir(folder, { mode: 0o700 });
    const store = path.join(folder, STORE_FILE);
    const marker = path.join(folder, MARKER_FILE);
    await copyFile(path.join(this.#dataPath, MARKER_FILE), marker);
    const timer = setInterval(() => {
      void stat(store).then(
        ({ size }) => onCopied?.(size),
        () => undefined // not begun
      );
    }, LOOK_MS);
    try {
      await copyStore(this.#dataPath, store, signal);
    } finally {
      clearInterval(timer);
    }
    const facts = await readStoreFacts(folder);
    return {
      method: 'hot-copy',
      facts,
      pauseMs: 0,
      eachFile: async (take) => {
        for (const file of [store, marker]) {
          const { size: sizeBytes } = await stat(file);
          const content = createReadStream(file, {
            highWaterMark: PIECE_BYTES,
          });
          await take({ name: path.basename(file), sizeBytes, content });
          await rm(file);
        }
      },
      release: () => rm(folder, { recursive: true, force: true }),
    };
  }
}

async function copyStore(
  dataPath: string,
  target: string,
  signal: AbortSignal
): Promise<void> {
  const module = new URL('./copy-store.ts', import.meta.url);
  const child = startGuarded(module, [dataPath, target]);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // The copy cannot be asked to stop: it is one call into LMDB.
  const onAbort = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const code = await ended;
    if (code === 0) return;
    await forgetDeadReader(dataPath);
    signal.throwIfAborted();
    throw failure(dataPath, said);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await endGuarded(child);
  }
}

/** Opening clears what dead readers hold, so that their pages are used again. */
async function forgetDeadReader(dataPath: string): Promise<void> {
  await openStore(dataPath, { readOnly: true }).root.close();
}

function failure(dataPath: string, said: string): BackupError {
  const line = said.split('\n').find((text) => /error/i.test(text)) ?? said;
  const isFull = /no space left|ENOSPC|disk quota|\b28\b/i.test(said);
  return new BackupError(
    `the store in ${dataPath} could not be copied: ${line.trim()}`,
    isFull
      ? {
          code: 'NO_SPACE',
          suggestion:
            'free some space, or back up to another disk with --backups',
        }
      : { code: 'SNAPSHOT_FAILED' }
  );
}
