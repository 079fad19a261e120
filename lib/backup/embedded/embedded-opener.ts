import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readMarker } from '../../../microcosm-bridge/constellation-embedded/store/data-folder.js';
import { readyProbe, waitFor } from '../../health/index.js';
import { BackupError } from '../backup-error.js';
import type { IndexOpener, OpenedIndex } from '../index-opener.js';
import { endGuarded, startGuarded } from './guarded-child.js';

/** How long an index may take to open a store (ms): it maps it, no more. */
const OPEN_MS = 60_000;

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
      if (api === null) throw doesNotOpen(folder, said);
      await waitFor(readyProbe(api), {
        deadlineMs: OPEN_MS,
        intervalMs: 50,
        signal: stop,
        isDead: () =>
          Promise.resolve(
            child.exitCode === null ? null : { message: said, lastLines: [] }
          ),
      });
      return { api, close: () => endGuarded(child) };
    } catch (error) {
      await endGuarded(child);
      signal.throwIfAborted();
      if (error instanceof BackupError) throw error;
      throw stop.aborted ? tooSlow(folder) : doesNotOpen(folder, said);
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

/** A machine that is slow says nothing against the data. */
function tooSlow(folder: string): BackupError {
  return new BackupError(
    `the index did not open ${folder} within ${OPEN_MS} ms`,
    {
      code: 'NOT_LOOKED_AT',
      suggestion:
        'look again later: npx zx scripts/backup.ts verify (--quick compares sums alone)',
    }
  );
}

function doesNotOpen(folder: string, said: string): BackupError {
  const why = said.trim().split('\n')[0] ?? '';
  return new BackupError(
    `the index does not open ${folder}${why === '' ? '' : `: ${why}`}`,
    { code: 'MISMATCH' }
  );
}
