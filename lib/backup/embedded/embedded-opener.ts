import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readMarker } from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { readyProbe, waitFor } from '../../health/index.js';
import { BackupError, LOOK_AGAIN } from '../backup-error.js';
import type { IndexOpener, OpenedIndex } from '../index-opener.js';
import { endGuarded, startGuarded } from './guarded-child.js';

/** How long an index may take to open a store (ms): it maps it, no more. */
const OPEN_MS = 60_000;
/** How long after its last answer an end is told at the latest (ms). */
const END_TOLD_MS = 1000;

const MAIN = new URL(
  '../../../microcosm-bridge/constellation-embedded/main.ts',
  import.meta.url
);

/** The embedded index itself, on a free port of the loopback address. */
export class EmbeddedOpener implements IndexOpener {
  readonly runtime = 'embedded';

  async open(folder: string, signal: AbortSignal): Promise<OpenedIndex> {
    signal.throwIfAborted();
    const sample = readMarker(folder)?.sample === true;
    const child = startGuarded(MAIN, [
      '--data',
      folder,
      '--no-stream',
      '--bind',
      '127.0.0.1:0',
      '--workers',
      '1',
      '--log-level',
      'error',
      ...(sample ? ['--sample-data'] : []),
    ]);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    const stop = AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS)]);
    try {
      const api = await Promise.race([
        announcedApi(child.stdout, stop),
        once(child, 'exit', { signal: stop }).then(() => null),
      ]);
      if (api === null) throw new Error('it ended before it listened');
      await waitFor(readyProbe(api), {
        deadlineMs: OPEN_MS,
        intervalMs: 50,
        signal: stop,
        isDead: () =>
          Promise.resolve(
            isOver(child) ? { message: said, lastLines: [] } : null
          ),
      });
      return {
        api,
        explain: async (error) => {
          // Its socket is closed before its end is told.
          const stop = AbortSignal.timeout(END_TOLD_MS);
          if (!isOver(child)) {
            await once(child, 'exit', { signal: stop }).catch(() => undefined);
          }
          if (!isOver(child)) return error;
          const end = { killedBy: child.signalCode, isLate: false, said };
          return notOpened(folder, end, error);
        },
        close: () => endGuarded(child),
      };
    } catch (error) {
      const end = { killedBy: child.signalCode, isLate: stop.aborted, said };
      await endGuarded(child);
      signal.throwIfAborted();
      throw notOpened(folder, end, error);
    }
  }
}

/** The first line it prints; see main.ts. */
async function announcedApi(
  stdout: NodeJS.ReadableStream | null,
  signal: AbortSignal
): Promise<string | null> {
  if (stdout === null) return null;
  const lines = createInterface({ input: stdout });
  const said: unknown[] = await once(lines, 'line', { signal });
  const value: unknown = JSON.parse(String(said[0]));
  const api: unknown =
    typeof value === 'object' && value !== null
      ? Reflect.get(value, 'api')
      : undefined;
  return typeof api === 'string' ? api : null;
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** How an index that was to open data has ended. */
export interface IndexEnd {
  /** By somebody, or for lack of memory: its data is not to blame. */
  readonly killedBy: NodeJS.Signals | null;
  /** It was given no more time. */
  readonly isLate: boolean;
  /** The last of its stderr. */
  readonly said: string;
}

/**
 * What it means that data was not opened. A machine that is slow or has no
 * memory says nothing against it. Pure.
 */
export function notOpened(
  folder: string,
  { killedBy, isLate, said }: IndexEnd,
  cause: unknown
): BackupError {
  if (killedBy !== null || isLate) {
    const why =
      killedBy === null
        ? `the index did not open ${folder}: not within ${OPEN_MS} ms`
        : `the index on ${folder} ended while it was looked at: ${killedBy}`;
    return new BackupError(why, {
      code: 'NOT_LOOKED_AT',
      cause,
      suggestion: LOOK_AGAIN,
    });
  }
  const why = said.trim().split('\n')[0] ?? '';
  return new BackupError(
    `the index does not open ${folder}${why === '' ? '' : `: ${why}`}`,
    { code: 'MISMATCH', cause }
  );
}
