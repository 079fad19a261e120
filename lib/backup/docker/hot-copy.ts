import { execGuarded } from '../../runtime/docker/exec-guarded.js';
import type { DataHelper } from '../../runtime/docker/data-helper.js';
import type { Engine } from '../../runtime/docker/engine.js';
import { BackupError } from '../backup-error.js';
import { parseSnapshotFacts } from '../manifest/parse-manifest.js';
import type { SnapshotFacts } from '../snapshotter.js';

/** Where the image of the embedded index has our own programs. */
const HOME = '/opt/constellation';
const NODE = ['node', '--import', 'tsx'] as const;
const PROGRAMS = `${HOME}/lib/backup/embedded`;

/** Reading twenty counts from a store (ms). */
const FACTS_MS = 120_000;

/**
 * Has the embedded index's container copy its store while it runs: LMDB's own
 * hot copy, in the container, where its table of readers is. Ends with this
 * process.
 *
 * @throws BackupError SNAPSHOT_FAILED; the signal's reason
 */
export async function hotCopy(
  engine: Engine,
  container: string,
  from: string,
  to: string,
  signal: AbortSignal
): Promise<void> {
  const { code, stderr } = await execGuarded(
    engine,
    container,
    [
      ...NODE,
      `${PROGRAMS}/guarded-entry.ts`,
      `${PROGRAMS}/copy-store.ts`,
      ...[from, `${to}/index.mdb`],
    ],
    { folder: HOME, signal }
  );
  if (code === 0) return;
  const lines = stderr.split('\n');
  const line =
    lines.find((text) => /no space left|disk quota/i.test(text)) ??
    lines.find((text) => /error/i.test(text)) ??
    stderr;
  throw new BackupError(
    `the store could not be copied in its container: ${line.trim()}`,
    { code: 'SNAPSHOT_FAILED' }
  );
}

/** What a copied store holds, read by the image's own program. */
export async function copiedFacts(
  helper: DataHelper,
  folder: string
): Promise<SnapshotFacts> {
  const text = await helper.run(
    [...NODE, `${PROGRAMS}/print-facts.ts`, folder],
    {
      folder: HOME,
      limitMs: FACTS_MS,
    }
  );
  return parseSnapshotFacts(JSON.parse(text));
}
